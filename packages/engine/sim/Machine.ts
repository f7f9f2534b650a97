/**
 * A machine that runs one process: it has its own scheduler and clocks, and can be switched off at
 * any moment.
 */
import { Clock, Context, Duration, Effect, type Exit, References, Scheduler } from "effect"
import type { EventLoop, Owner } from "./EventLoop.ts"

/** The wall clock's time when a simulation begins. */
export const startTime = 1_800_000_000_000

export class Machine implements Owner {
  alive = true
  pausedUntilMs = 0
  /** How far its wall clock is ahead. */
  skewMs = 0
  readonly name: string
  private readonly loop: EventLoop
  private readonly services: Context.Context<never>

  constructor(name: string, loop: EventLoop) {
    this.name = name
    this.loop = loop
    const scheduler = new Scheduler.MixedScheduler("async", (run) => {
      let cancelled = false
      loop.after(0, () => cancelled || run(), this)
      return () => {
        cancelled = true
      }
    })
    this.services = Context.make(Clock.Clock, this.clock()).pipe(
      Context.add(Scheduler.Scheduler, scheduler),
      Context.add(References.MinimumLogLevel, "None")
    ) as Context.Context<never>
  }

  wallMs(): number {
    return Math.floor(startTime + this.loop.nowMs + this.skewMs)
  }

  run<A, E>(effect: Effect.Effect<A, E>, onExit: (exit: Exit.Exit<A, E>) => void): void {
    this.loop.within(this, () => Effect.runForkWith(this.services)(effect).addObserver(onExit))
  }

  private clock(): Clock.Clock {
    const nanos = (ms: number): bigint => BigInt(Math.round(ms * 1_000_000))
    const wall = () => this.wallMs()
    const monotonic = () => nanos(this.loop.nowMs)
    return {
      currentTimeMillisUnsafe: wall,
      currentTimeMillis: Effect.sync(wall),
      currentTimeNanosUnsafe: () => nanos(wall()),
      currentTimeNanos: Effect.sync(() => nanos(wall())),
      monotonicTimeNanosUnsafe: monotonic,
      monotonicTimeNanos: Effect.sync(monotonic),
      sleep: (duration) =>
        Effect.callback((resume) => {
          this.loop.after(Duration.toMillis(duration), () => resume(Effect.void), this)
        })
    }
  }
}
