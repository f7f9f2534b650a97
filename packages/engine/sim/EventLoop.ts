/**
 * Everything that happens in a simulation, one thing after another, in the order of a time that
 * only this queue advances. Nothing waits for the real world, so a run is one synchronous call and
 * identical every time.
 */

/**
 * Whose work it is: the work of a dead owner never happens, and that of a paused one happens later.
 */
export interface Owner {
  alive: boolean
  pausedUntilMs: number
}

interface Task {
  readonly atMs: number
  readonly number: number
  readonly run: () => void
  readonly owner: Owner | undefined
}

const before = (a: Task, b: Task): boolean =>
  a.atMs < b.atMs || (a.atMs === b.atMs && a.number < b.number)

export class EventLoop {
  nowMs = 0
  private owner: Owner | undefined
  private numbers = 0
  /** A binary heap. */
  private readonly tasks: Array<Task> = []

  after(delayMs: number, run: () => void, owner: Owner | undefined): void {
    this.add({ atMs: this.nowMs + delayMs, number: this.numbers++, run, owner })
  }

  /**
   * Runs the work of `owner` at once; whatever it schedules with `setImmediate` belongs to the same
   * owner.
   */
  within<A>(owner: Owner, run: () => A): A {
    const outer = this.owner
    this.owner = owner
    try {
      return run()
    } finally {
      this.owner = outer
    }
  }

  /** The next task. */
  step(): void {
    const task = this.take()
    if (task === undefined) throw new Error("nothing is left to happen in the simulation")
    this.nowMs = Math.max(this.nowMs, task.atMs)
    const { owner, run } = task
    if (owner === undefined) return run()
    if (!owner.alive) return
    if (owner.pausedUntilMs > this.nowMs)
      return this.after(owner.pausedUntilMs - this.nowMs, run, owner)
    this.within(owner, run)
  }

  /** Lets time pass in which nobody does anything. */
  leap(ms: number): void {
    this.nowMs += ms
  }

  /**
   * Runs `body` with this queue in place of the process's own. `body` is synchronous, so nothing
   * else notices.
   */
  instead<A>(body: () => A): A {
    const { setImmediate } = globalThis
    globalThis.setImmediate = ((run: () => void) =>
      this.after(0, run, this.owner)) as unknown as typeof setImmediate
    try {
      return body()
    } finally {
      globalThis.setImmediate = setImmediate
    }
  }

  private add(task: Task): void {
    const { tasks } = this
    let at = tasks.length
    for (
      let parent = (at - 1) >> 1;
      at > 0 && before(task, tasks[parent]!);
      parent = (at - 1) >> 1
    ) {
      tasks[at] = tasks[parent]!
      at = parent
    }
    tasks[at] = task
  }

  private take(): Task | undefined {
    const { tasks } = this
    const first = tasks[0]
    const last = tasks.pop()
    if (last === undefined || tasks.length === 0) return first
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= tasks.length) break
      if (child + 1 < tasks.length && before(tasks[child + 1]!, tasks[child]!)) child++
      if (!before(tasks[child]!, last)) break
      tasks[at] = tasks[child]!
      at = child
    }
    tasks[at] = last
    return first
  }
}
