/** What clients ask on the stream, out of the text of a message. */
import * as Stream from "@pandora-exchange/client/api/Stream"
import { Result } from "effect"
import { decoder, parseObject } from "../http/Decoding.ts"
import { ApiFailure } from "../http/Failure.ts"

const decoders: Readonly<Record<string, ReturnType<typeof decoder>>> = {
  authenticate: decoder(Stream.Authenticate),
  "subscribe:depth": decoder(Stream.SubscribeDepth),
  "subscribe:trades": decoder(Stream.SubscribeTrades),
  "subscribe:account": decoder(Stream.SubscribeAccount),
  unsubscribe: decoder(Stream.Unsubscribe)
}

/** What is no command: commands are read as the contract has them. */
export type Control = Extract<Stream.Request, { readonly op: "authenticate" | "subscribe" | "unsubscribe" }>

export type RequestOf<Op extends Control["op"]> = Extract<Control, { readonly op: Op }>

/** A message before it is decoded: its id is known, so that a refusal can name it. */
export interface Parsed {
  readonly id: string | undefined
  readonly fields: Record<string, unknown>
}

export const parse = (text: string): Parsed | ApiFailure => {
  const parsed = parseObject(text)
  return Result.isFailure(parsed) ? malformed() : { id: idOf(parsed.success), fields: parsed.success }
}

export const decode = ({ fields }: Parsed): Control | ApiFailure => {
  const { channel, op } = fields
  const name = op === "subscribe" ? `subscribe:${String(channel)}` : String(op)
  const decodeFields = Object.hasOwn(decoders, name) ? decoders[name]! : undefined
  if (decodeFields === undefined) return malformed()
  const decoded = decodeFields(fields)
  return Result.isFailure(decoded) ? decoded.failure : (decoded.success as Control)
}

const malformed = () => new ApiFailure({ code: "MalformedMessage" })

const idOf = ({ id }: Record<string, unknown>): string | undefined =>
  typeof id === "string" && id.length <= 64 ? id : undefined
