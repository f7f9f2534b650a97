/** What clients ask on the stream, out of the text of a message. */
import { Fault, type MessageReader, readerOf } from "@pandora-exchange/contract"
import * as Channels from "@pandora-exchange/contract/channels"
import { Result } from "effect"
import { parseObject } from "../http/Decoding.ts"
import { ApiFailure } from "../http/Failure.ts"
import { failureOf } from "../http/operationRoutes.ts"

const readers: ReadonlyMap<unknown, MessageReader> = new Map([
  ["authenticate", readerOf(Channels.Authenticate)],
  ["unsubscribe", readerOf(Channels.Unsubscribe)]
])

/** Of `subscribe`, by its channel. */
const subscriptionReaders: ReadonlyMap<unknown, MessageReader> = new Map([
  ["depth", readerOf(Channels.SubscribeDepth)],
  ["trades", readerOf(Channels.SubscribeTrades)],
  ["account", readerOf(Channels.SubscribeAccount)]
])

/** What is no command: commands are operations of the contract. */
export type Control =
  | typeof Channels.Authenticate.Type
  | typeof Channels.SubscribeDepth.Type
  | typeof Channels.SubscribeTrades.Type
  | typeof Channels.SubscribeAccount.Type
  | typeof Channels.Unsubscribe.Type

export type RequestOf<Op extends Control["op"]> = Extract<Control, { readonly op: Op }>

/** A message before it is read: its id is known, so that a refusal can name it. */
export interface Parsed {
  readonly id: string | undefined
  readonly fields: Record<string, unknown>
}

export const parse = (text: string): Parsed | ApiFailure => {
  const parsed = parseObject(text)
  return Result.isFailure(parsed)
    ? malformed()
    : { id: idOf(parsed.success), fields: parsed.success }
}

export const read = ({ fields }: Parsed): Control | ApiFailure => {
  const { channel, op } = fields
  const reader = op === "subscribe" ? subscriptionReaders.get(channel) : readers.get(op)
  if (reader === undefined) return malformed()
  const request = reader(fields)
  return request instanceof Fault ? failureOf(request) : (request as Control)
}

const malformed = () => new ApiFailure({ code: "MalformedMessage" })

const idOf = ({ id }: Record<string, unknown>): string | undefined =>
  typeof id === "string" && id.length <= 64 ? id : undefined
