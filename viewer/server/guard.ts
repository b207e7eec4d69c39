/**
 * Who may ask: the page itself, from this machine, or whoever has the token.
 *
 * @module
 */
import { createHash, timingSafeEqual } from "node:crypto";

/** What a server goes by. */
export interface Access {
  /** Names that a request may call the server by, beside those of the loopback. */
  hosts: readonly string[];
  /** Whether the server can be reached from other machines. */
  isOpen: boolean;
  /** The secret that a browser needs to see anything; nothing if the server is this machine's alone. */
  token: string | undefined;
  /** The secret of the page that posts need. */
  pageToken: string;
}

/** Why a request is refused. */
export interface Refusal {
  status: number;
  error: string;
}

const LOOPBACK = new Set(["127.0.0.1", "localhost", "[::1]"]);
/** An address in numbers: no name server can make another machine of it. */
const NUMBERS = /^(?:\d{1,3}(?:\.\d{1,3}){3}|\[[0-9a-f:.]+\])$/i;

/** Whether two secrets are the same, in a time that tells nothing of where they differ. */
export function isSame(one: string, other: string): boolean {
  const [a, b] = [one, other].map((text) => createHash("sha256").update(text).digest());
  return timingSafeEqual(a!, b!);
}

/** The host of a Host header, without its port. */
const hostOf = (header: string): string => header.replace(/:\d+$/, "").toLowerCase();

/**
 * Whether a request calls the server by a name of its own. Another name means that somebody's page has had a name server
 * say that it is at this address: the browser then takes what is here for that page's.
 */
export function isOwnHost(header: string | null, { hosts, isOpen }: Access): boolean {
  if (header === null) return false;
  const host = hostOf(header);
  if (LOOPBACK.has(host) || hosts.includes(host)) return true;
  return isOpen && NUMBERS.test(host);
}

/** The cookie that a browser keeps the token in. Cookies know no ports, so its name does. */
export const cookieName = (port: number): string => `rubicon_${port}`;

/** The token that a request brings in its cookie. */
function cookieOf(request: Request, port: number): string | undefined {
  const start = `${cookieName(port)}=`;
  const cookies = (request.headers.get("cookie") ?? "").split(";").map((one) => one.trim());
  return cookies.find((one) => one.startsWith(start))?.slice(start.length);
}

/** Why a request is not answered; nothing if it is. */
export function refusalOf(request: Request, access: Access, port: number): Refusal | undefined {
  const { headers, method } = request;
  const host = headers.get("host");
  if (!isOwnHost(host, access)) {
    const error =
      "This server does not go by that name. Open it by 127.0.0.1, or add the name to " +
      "the option `hosts`.";
    return { status: 421, error };
  }
  if (method !== "GET" && method !== "HEAD" && method !== "POST") {
    return { status: 405, error: `${method} is not what this server does.` };
  }
  const site = headers.get("sec-fetch-site");
  const isForeign = site === "cross-site" || site === "same-site";
  const isVisit = headers.get("sec-fetch-mode") === "navigate" &&
    headers.get("sec-fetch-dest") === "document" && method !== "POST";
  if (isForeign && !isVisit) {
    return { status: 403, error: "Other sites may not ask this server." };
  }
  const { token } = access;
  if (token !== undefined && !isSame(cookieOf(request, port) ?? "", token)) {
    return { status: 401, error: "Open the address that the server printed, with its token." };
  }
  return method === "POST" ? postRefusal(request, host!, access) : undefined;
}

/** A post has to come from the server's own page, which alone knows its token. */
function postRefusal(
  { headers }: Request,
  host: string,
  { pageToken }: Access,
): Refusal | undefined {
  const origin = headers.get("origin");
  const isOwn = origin !== null && URL.canParse(origin) &&
    new URL(origin).host === new URL(`http://${host}`).host;
  if (origin !== null && !isOwn) {
    return { status: 403, error: "Other sites may not change anything here." };
  }
  if (!isSame(headers.get("x-rubicon-token") ?? "", pageToken)) {
    return { status: 403, error: "The page is of an earlier server. Load it again." };
  }
  if (!/^application\/json\b/i.test(headers.get("content-type") ?? "")) {
    return { status: 415, error: "What is sent must be JSON." };
  }
  return undefined;
}
