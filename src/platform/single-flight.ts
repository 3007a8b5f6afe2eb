/**
 * One run of a name at a time in this process. A caller that finds a run under way waits for it and then shares the
 * next run with all others that wait: the run they share begins after each of them came, so that it sees what they saw.
 */
export class SingleFlight<T> {
  private readonly current = new Map<string, Promise<T>>();
  private readonly next = new Map<string, Promise<T>>();

  run(name: string, work: () => Promise<T>): Promise<T> {
    const waiting = this.next.get(name);
    if (waiting) return waiting;
    const underWay = this.current.get(name);
    if (!underWay) return this.begin(name, work);
    const queued = underWay
      .catch(() => undefined)
      .then(() => {
        this.next.delete(name);
        return this.begin(name, work);
      });
    this.next.set(name, queued);
    return queued;
  }

  isRunning(name: string): boolean {
    return this.current.has(name);
  }

  /** The runs under way and those that follow them. */
  underWay(): Promise<T>[] {
    return [...this.current.values(), ...this.next.values()];
  }

  private begin(name: string, work: () => Promise<T>): Promise<T> {
    const begun = work();
    this.current.set(name, begun);
    const end = () => {
      if (this.current.get(name) === begun) this.current.delete(name);
    };
    begun.then(end, end);
    return begun;
  }
}
