/** The other way a request fails, besides a `Problem`: without an answer. */
import { Schema } from "effect"
import type { Problem } from "./Problem.ts"

/** No readable answer came. A command may have been done: send the same one with the same key to find out. */
export class Unreachable extends Schema.TaggedError<Unreachable>()("Unreachable", { cause: Schema.Defect() }) {
  override get message() {
    return "The server did not answer, or not in a way that this client understands"
  }
}

export type ClientError = Problem | Unreachable
