/**
 * A way to a store on which things go wrong: each request may meet a fault. What a fault makes of a request is
 * decided here; when there is one, by the test.
 */
import type { Transport } from "../../drivers/s3/transport.ts";
import { answered, askedBy, refusal } from "./fake_s3.ts";

type Send = () => Promise<Response>;
interface Meeting {
  method: string;
  url: string;
  isListing: boolean;
  /** Sends it on. */
  send: Send;
  /** Sends it on without the range that it asks for. */
  whole: Send;
}

const PAGE = "<!doctype html><html><title>Welcome to the hotel</title>Please log in</html>";
const page = (status: number, headers: Record<string, string> = {}) =>
  new Response(status === 204 ? null : PAGE, {
    status,
    headers: { "content-type": "text/html", date: new Date(0).toUTCString(), ...headers },
  });

/** The same answer with other headers or another body. */
function changed(
  response: Response,
  headers: Record<string, string | undefined>,
  body: BodyInit | null = response.body,
): Response {
  const all = new Headers(response.headers);
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined) all.delete(name);
    else all.set(name, value);
  }
  return new Response(body, { status: response.status, headers: all });
}

/** The first part of a body, and then a connection that is cut, or an end that looks like one. */
async function shortened(response: Response, isCut: boolean): Promise<Response> {
  if (response.status === 204) return response;
  const bytes = new Uint8Array(await response.arrayBuffer());
  const half = bytes.slice(0, bytes.length / 2);
  if (!isCut) return changed(response, { "content-length": undefined }, half);
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (half.length > 0) controller.enqueue(half.slice());
      controller.error(new TypeError("connection closed before message completed"));
    },
  });
  return changed(response, {}, body);
}

/** A listing's page in which something is replaced. */
async function relisted(response: Response, replace: (xml: string) => string): Promise<Response> {
  const xml = await response.text();
  return answered(response.status, replace(xml));
}

const lost = async (send: Send): Promise<Response> => {
  await (await send()).body?.cancel();
  throw new TypeError("connection closed before message completed");
};

/** What may happen to a request. */
export const FAULTS: Record<string, (meeting: Meeting) => Promise<Response>> = {
  "cut before the server has it": () => Promise.reject(new TypeError("connection reset by peer")),
  "its answer is lost": ({ send }) => lost(send),
  "500 before": () => Promise.resolve(refusal(500, "InternalError")),
  "500 after": async ({ send }) => {
    await (await send()).body?.cancel();
    return refusal(500, "InternalError");
  },
  "503 without a word": () => Promise.resolve(new Response(null, { status: 503 })),
  "a page": () => Promise.resolve(page(200)),
  "a page of a web server": () =>
    Promise.resolve(
      page(200, { etag: '"5f3e1a2b-4c"', "last-modified": new Date(0).toUTCString() }),
    ),
  "a page with 404": () => Promise.resolve(page(404)),
  "a page with 403": () => Promise.resolve(page(403)),
  "a page with 412": () => Promise.resolve(page(412)),
  "a page elsewhere": () => Promise.resolve(page(302, { location: "http://portal.test/" })),
  "nothing, with 200": () => Promise.resolve(new Response("", { status: 200 })),
  // To a deletion some stores have nothing else to say.
  "nothing, with 204": ({ method, send }) =>
    method === "DELETE" ? send() : Promise.resolve(new Response(null, { status: 204 })),
  "a body that is cut": async ({ send }) => await shortened(await send(), true),
  "a body that ends early": async ({ send, method, url }) => {
    const isRange = method === "GET" && askedBy(method, url).name !== "";
    return await shortened(await send(), !isRange);
  },
  "no length": async ({ send }) => changed(await send(), { "content-length": undefined }),
  "no ETag": async ({ send }) => changed(await send(), { etag: undefined }),
  "no time": async ({ send }) => changed(await send(), { "last-modified": undefined }),
  "other bytes acknowledged": async ({ method, send }) => {
    if (method !== "PUT") return await send();
    return answered(200, null, { etag: '"0123456789abcdef0123456789abcdef"' });
  },
  "another range": async ({ send }) => {
    const response = await send();
    const [, first, last, size] =
      /^bytes (\d+)-(\d+)\/(\d+)/.exec(response.headers.get("content-range") ?? "") ?? [];
    if (first === undefined) return response;
    return changed(response, {
      "content-range": `bytes ${Number(first) + 1}-${Number(last) + 1}/${Number(size) + 1}`,
    });
  },
  "the whole in place of a range": ({ whole }) => whole(),
  "a token again": async ({ isListing, send, url }) => {
    if (!isListing) return await send();
    const token = new URL(url).searchParams.get("continuation-token") ?? "after:";
    return await relisted(
      await send(),
      (xml) =>
        xml.replace(/<IsTruncated>.*<\/ListBucketResult>/s, "") +
        `<IsTruncated>true</IsTruncated><NextContinuationToken>${token}` +
        "</NextContinuationToken></ListBucketResult>",
    );
  },
  "an empty page that goes on": async ({ isListing, send, url }) => {
    const { searchParams } = new URL(url);
    // A token that was met before would be a circle.
    if (!isListing || searchParams.has("continuation-token")) return await send();
    const after = searchParams.get("start-after") ?? "";
    return answered(
      200,
      `<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>after:${after}` +
        "</NextContinuationToken></ListBucketResult>",
    );
  },
  "a listing cut in its middle": async ({ isListing, send }) =>
    isListing ? await relisted(await send(), (xml) => xml.slice(0, xml.length / 2)) : await send(),
  "a refusal that repeats the request": ({ url }) =>
    Promise.resolve(refusal(403, "AccessDeniedHere", `You asked for ${url}`)),
  "a clock that is off": () =>
    Promise.resolve(
      answered(403, "<Error><Code>RequestTimeTooSkewed</Code></Error>", {
        date: new Date(Date.now() + 3_600_000).toUTCString(),
      }),
    ),
  "keys that have ended": () => Promise.resolve(refusal(400, "ExpiredToken")),
  "a conflict": () => Promise.resolve(refusal(409, "ConditionalRequestConflict")),
  "an error after 200": ({ method, send }) =>
    method === "POST"
      ? Promise.resolve(answered(200, "<Error><Code>InternalError</Code></Error>"))
      : send(),
};

/** A fault's name; missing for none. */
export type Fault = string | undefined;

/**
 * A way to a store that asks before each request which fault it meets.
 *
 * @param onBegin Gets told when an upload began though nobody was told: nobody can take it back.
 */
export function oddTransport(
  inner: Transport,
  nextFault: () => Fault,
  onLostBegin: () => void = () => {},
): Transport {
  return async (url, request, signal) => {
    const fault = nextFault();
    const send = () => inner(url, request, signal);
    if (fault === undefined) return await send();
    const asked = askedBy(request.method, url);
    const isListing = asked.method === "GET" && asked.name === "";
    let sent = false;
    const watched = () => {
      sent = true;
      return send();
    };
    const { range: _range, ...headers } = request.headers ?? {};
    const whole = () => inner(url, { ...request, headers }, signal);
    try {
      return await FAULTS[fault]!({ method: asked.method, url, isListing, send: watched, whole });
    } finally {
      if (sent && asked.query.has("uploads")) onLostBegin();
    }
  };
}
