/**
 * This process's clock, moved for a test.
 */

/** A clock that is off. */
export interface MovedClock extends Disposable {
  /** Moves it on, in milliseconds. */
  move(by: number): void;
}

/** Moves `Date.now` and `performance.now`, so that nothing has to wait for time to pass. */
export function movedClock(by = 0): MovedClock {
  const [dateNow, performanceNow] = [Date.now, performance.now];
  let ahead = by;
  Date.now = () => dateNow() + ahead;
  performance.now = () => performanceNow.call(performance) + ahead;
  return {
    move: (by) => void (ahead += by),
    [Symbol.dispose]() {
      Date.now = dateNow;
      performance.now = performanceNow;
    },
  };
}
