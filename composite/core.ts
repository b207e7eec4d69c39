/**
 * Several backends as one: every write and every read of the domain goes through here.
 *
 * @module
 */
import { hasCode, isRubiconException, type Receipt, RubiconException } from "../errors.ts";
import { withReceipts } from "./failure.ts";
import { bound } from "./layers/bound.ts";
import { checkCall } from "./options.ts";
import { readFrom } from "./read.ts";
import { isTurnDue, Underway, yieldToEventLoop } from "./underway.ts";
import { writeAll } from "./write/write.ts";
import type { Backend, Core, ReadPlan, Write, WritePlan } from "./plan.ts";
import type { CallOptions, CompositeOptions } from "./types.ts";

/** So many writes may be acknowledged and still be under way somewhere, before the next one waits. */
const MOST_RESTS = 1_000;

/** A composite of backends that are open. */
export class OpenComposite implements Core {
  readonly backends: readonly Backend[];
  readonly options: Readonly<Required<CompositeOptions>>;
  readonly #sync: readonly Backend[];
  readonly #background: readonly Backend[];
  readonly #calls = new Underway();
  /** What backends still do once a policy is met. */
  readonly #rests = new Underway();
  #closing: Promise<void> | undefined;

  constructor(backends: readonly Backend[], options: Required<CompositeOptions>) {
    this.backends = backends;
    this.options = options;
    this.#sync = backends.filter(({ outbox }) => !outbox);
    this.#background = backends.filter(({ outbox }) => outbox);
    for (const { outbox } of this.#background) this.#calls.run(() => outbox!.resume());
  }

  get closed(): boolean {
    return this.#closing !== undefined;
  }

  async write(
    plan: WritePlan | ((write: Write) => Promise<unknown>),
    call: CallOptions = {},
  ): Promise<readonly Receipt[]> {
    this.#checkOpen(typeof plan === "function" ? "A write" : plan.what);
    this.#calls.begin();
    try {
      if (typeof plan !== "function") return await this.#write(plan, call);
      await plan((one, options) => this.#write(one, options));
      return [];
    } catch (error) {
      return this.#passOver(error);
    } finally {
      this.#calls.end();
    }
  }

  async read<T>(plan: ReadPlan<T>, call: CallOptions = {}): Promise<T> {
    this.#checkOpen(plan.what);
    checkCall(call);
    this.#calls.begin();
    try {
      const backends = bound([...this.#sync, ...this.#background], call);
      const policy = call.read ?? this.options.read;
      const { value, receipts, damage } = await readFrom(backends, plan, policy, call.signal);
      this.#tell(plan.what, call, receipts);
      if (damage.length > 0) {
        this.options.onWarning(
          `${plan.what}: ${damage.length} of them cannot be read:\n  ${damage.join("\n  ")}`,
        );
      }
      return value();
    } finally {
      this.#calls.end();
    }
  }

  async settled(signal: AbortSignal): Promise<void> {
    try {
      await this.#calls.below(1, signal);
      await this.#rests.below(1, signal);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
    await Promise.all(this.#background.map(({ outbox }) => outbox!.drained(signal)));
  }

  async close(): Promise<void> {
    await (this.#closing ??= this.#close());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Deno loads its timers with the first one, which takes ten milliseconds.
    if (this.#isBusy()) {
      const timer = new AbortController();
      const expiry = setTimeout(() => timer.abort(), this.options.timeoutMs);
      await this.settled(timer.signal);
      clearTimeout(expiry);
    }
    await this.close();
  }

  #isBusy(): boolean {
    return this.#calls.count > 0 || this.#rests.count > 0 || this.#background.length > 0;
  }

  async #close(): Promise<void> {
    await this.#calls.below(1);
    await this.#rests.below(1);
    await Promise.all(this.#background.map(({ outbox }) => outbox!.stop()));
    for (const { health, outbox, label } of this.backends) {
      const lacks = health.lacks();
      if (lacks) this.options.onWarning(lacks);
      const left = outbox?.pending() ?? 0;
      if (left === 0) continue;
      const { lastError } = health.status();
      this.options.onWarning(
        `${label}: ${left === 1 ? "1 write waits" : `${left} writes wait`} in its outbox${
          lastError === undefined ? "" : ` (${lastError})`
        }. The next process that opens these backends brings what waits there.`,
      );
    }
    await Promise.all(this.backends.map(({ driver }) => driver.close?.()));
  }

  /** Carries out one plan, or throws. */
  async #write(plan: WritePlan, call: CallOptions = {}): Promise<readonly Receipt[]> {
    checkCall(call);
    if (isTurnDue()) await yieldToEventLoop();
    if (this.#rests.count >= MOST_RESTS) await this.#rests.below(MOST_RESTS, call.signal);
    const later = this.#background.map(({ label }) =>
      Object.freeze({ backend: label, outcome: "pending", milliseconds: 0, bytes: 0 } as Receipt)
    );
    const release = later.length === 0 ? undefined : this.#keep(plan);
    try {
      const policy = call.write ?? this.options.write;
      const receipts = await writeAll(
        bound(this.#sync, call),
        plan,
        policy,
        call.signal,
        (rest) => void this.#rests.run(() => rest),
      );
      const all = Object.freeze([...receipts, ...later]);
      this.#tell(plan.what, call, all);
      return all;
    } catch (error) {
      if (!isRubiconException(error)) throw error;
      if (this.options.failureMode !== "raise" && error.code !== "already-exists") {
        this.#noteMissed(plan.what, error.receipts);
      }
      if (later.length === 0) throw error;
      throw withReceipts(error, Object.freeze([...error.receipts, ...later]));
    } finally {
      // Also if the policy was not met: what one backend took is not to be lost.
      if (release) { for (const one of await release) one(); }
    }
  }

  /** Keeps a write in the outboxes; what it gives lets them have it. */
  #keep(plan: WritePlan): Promise<(() => void)[]> {
    return Promise.all(this.#background.map(({ outbox }) => outbox!.keep(plan, this.#sync)));
  }

  /** Hands out receipts. What a callback throws changes nothing of what is done. */
  #tell(what: string, { onReceipts }: CallOptions, receipts: readonly Receipt[]): void {
    try {
      onReceipts?.(receipts);
    } catch (error) {
      this.options.onWarning(`${what}: onReceipts threw, after all was done.`, error);
    }
  }

  /** Throws, or lets the program go on, as the failure mode says. Bad input always throws. */
  #passOver(error: unknown): readonly Receipt[] {
    const { failureMode, onWarning } = this.options;
    const isOutside = hasCode(
      error,
      "unavailable",
      "write-failed",
      "read-failed",
      "permission-denied",
      // A parent that could not be written either.
      "not-found",
    );
    if (failureMode === "raise" || !isOutside) throw error;
    if (failureMode === "warn") onWarning(error.message, error.entity);
    return error.receipts;
  }

  /** The program goes on as if it was written, so that it was not has to show. */
  #noteMissed(what: string, receipts: readonly Receipt[]): void {
    for (const { backend, outcome, error } of receipts) {
      if (outcome === "ok") continue;
      this.#sync.find(({ label }) => label === backend)?.health.missed(what, error);
    }
  }

  #checkOpen(what: string): void {
    if (!this.closed) return;
    throw new RubiconException(
      "closed",
      `${what} was asked of a composite that is closed. Open one again, or look for an await that is missing.`,
    );
  }
}
