/** The process that runs the checks: see `checking.ts`. */
import { type ChildProcess, fork } from "node:child_process"
import { fileURLToPath } from "node:url"
import type { Answer, Request } from "./checking.ts"

const program = fileURLToPath(new URL("checking.ts", import.meta.url))
/** A mutant that fills the memory ends soon. */
const heapMegabytesMax = 1_024

export class Worker {
  private readonly child: ChildProcess
  private errors = ""

  constructor(...args: ReadonlyArray<string>) {
    this.child = fork(program, args, {
      execArgv: [...process.execArgv, `--max-old-space-size=${heapMegabytesMax}`],
      stdio: ["ignore", "ignore", "pipe", "ipc"]
    })
    this.child.stderr!.on("data", (text) => {
      this.errors = `${this.errors}${text}`.slice(-4_000)
    })
    const stop = (): void => this.stop()
    process.once("exit", stop)
    this.child.once("exit", () => process.off("exit", stop))
  }

  /** What it says next; `undefined` when it ends or the time is over, and then it is gone. */
  next(msMax: number): Promise<Answer | undefined> {
    const { child } = this
    return new Promise((resolve) => {
      const done = (answer: Answer | undefined): void => {
        clearTimeout(timer)
        child.off("message", done).off("exit", gone)
        if (answer === undefined) this.stop()
        resolve(answer)
      }
      const gone = (): void => done(undefined)
      const timer = setTimeout(gone, msMax)
      child.once("message", done).once("exit", gone)
    })
  }

  ask(request: Request, msMax: number): Promise<Answer | undefined> {
    this.child.send(request)
    return this.next(msMax)
  }

  /** The answer that must come, since no mutant is switched on. */
  async must<Tag extends Answer["_tag"]>(tag: Tag, coming: Promise<Answer | undefined>): Promise<AnswerOf<Tag>> {
    const answer = await coming
    if (answer?._tag === tag) return answer as AnswerOf<Tag>
    throw new Error(`Without any mutant the checks must pass, but: ${this.errors || JSON.stringify(answer)}`)
  }

  stop(): void {
    this.child.kill("SIGKILL")
  }
}

type AnswerOf<Tag extends Answer["_tag"]> = Extract<Answer, { readonly _tag: Tag }>
