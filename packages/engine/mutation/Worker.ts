/** The process that runs the checks: see `checking.ts`. */
import { type ChildProcess, fork } from "node:child_process"
import { fileURLToPath } from "node:url"
import type { Answer, Request } from "./checking.ts"

const program = fileURLToPath(new URL("checking.ts", import.meta.url))
/** A mutant that fills the memory ends soon. */
const heapMegabytesMax = 1_024
/** Checks end by themselves or are stopped; this is for those that cannot be stopped. */
const msOfAnswerMax = 600_000
/** Loading the tests takes half as long the second time. */
const compiled = fileURLToPath(new URL("../../../node_modules/.cache/mutation", import.meta.url))

export class Worker {
  private readonly child: ChildProcess
  private errors = ""

  constructor() {
    this.child = fork(program, {
      env: { ...process.env, NODE_COMPILE_CACHE: compiled },
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

  /** `undefined` if the process ends or the time is up; then it is gone. */
  ask(request: Request): Promise<Answer | undefined> {
    const { child } = this
    child.send(request)
    return new Promise((resolve) => {
      const done = (answer: Answer | undefined): void => {
        clearTimeout(timer)
        child.off("message", done).off("exit", gone)
        if (answer === undefined) this.stop()
        resolve(answer)
      }
      const gone = (): void => done(undefined)
      const timer = setTimeout(gone, msOfAnswerMax)
      child.once("message", done).once("exit", gone)
    })
  }

  /** The answer must arrive, since no mutant is switched on. */
  async must<Tag extends Answer["_tag"]>(tag: Tag, request: Request): Promise<AnswerOf<Tag>> {
    const answer = await this.ask(request)
    if (answer?._tag === tag) return answer as AnswerOf<Tag>
    throw new Error(
      `Without any mutant the checks must pass, but: ${this.errors || JSON.stringify(answer)}`
    )
  }

  stop(): void {
    this.child.kill("SIGKILL")
  }
}

type AnswerOf<Tag extends Answer["_tag"]> = Extract<Answer, { readonly _tag: Tag }>
