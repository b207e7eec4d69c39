/**
 * What a process takes of its machine, as metrics of its run.
 *
 * @module
 */
import type { SYSTEM_METRICS } from "./options.ts";

/** Asks the system now. */
export type SystemProbe = () => Partial<Record<keyof typeof SYSTEM_METRICS, number>>;

/** A probe. What it is not allowed to ask without a prompt is left out. */
export async function systemProbe(): Promise<SystemProbe> {
  const { default: { cpuUsage } } = await import("node:process");
  const canAskLoad = () =>
    Deno.permissions.querySync({ name: "sys", kind: "loadavg" }).state === "granted";
  let [cpu, time] = [cpuUsage(), performance.now()];
  return () => {
    const { rss, heapUsed } = Deno.memoryUsage();
    const [used, now] = [cpuUsage(), performance.now()];
    const micros = used.user + used.system - cpu.user - cpu.system;
    // Of no time there is no share.
    const share = now > time ? { system_cpu_percent: micros / 10 / (now - time) } : {};
    [cpu, time] = [used, now];
    return {
      ...{ system_rss_bytes: rss, system_heap_bytes: heapUsed, ...share },
      ...(canAskLoad() && { system_load: Deno.loadavg()[0]! }),
    };
  };
}

/** How a run's system is asked. */
export interface SystemSampling {
  /** How often, in milliseconds. */
  everyMs: number;
  /** The step of the first sample. */
  next: number;
  /** What asks. */
  probe: SystemProbe;
}

/** Takes samples of a probe, one now and then, without holding the process. */
export class SystemSampler {
  readonly #everyMs: number;
  readonly #take: () => void;
  readonly #isOver: () => boolean;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Once `isOver` says so, nothing takes samples any more. */
  constructor(
    { everyMs, probe, next }: SystemSampling,
    log: (values: Readonly<Record<string, number>>, step: number) => void,
    isOver: () => boolean,
  ) {
    this.#everyMs = everyMs;
    this.#isOver = isOver;
    let step = next;
    this.#take = () => log(probe(), step++);
    this.#take();
    this.start();
  }

  /** Begins, or goes on after {@linkcode stop}. */
  start(): void {
    this.#timer = setTimeout(() => {
      if (this.#isOver()) return;
      this.#take();
      this.start();
    }, this.#everyMs);
    Deno.unrefTimer(this.#timer);
  }

  /** Takes the last sample. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#take();
  }
}

/** The name of the machine, if that is allowed without asking; else `null`. */
export function hostName(): string | null {
  const { state } = Deno.permissions.querySync({ name: "sys", kind: "hostname" });
  return state === "granted" ? Deno.hostname() : null;
}
