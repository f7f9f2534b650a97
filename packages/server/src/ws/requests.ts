/** Parses stream messages into requests. */
import { Fault, type MessageReader, readerOf } from "@pandora-exchange/contract"
import { operations } from "@pandora-exchange/contract/api"
import * as Channels from "@pandora-exchange/contract/channels"
import { Result } from "effect"
import { parseObject } from "../http/Decoding.ts"
import { ApiFailure } from "../http/Failure.ts"
import { failureOf } from "../http/operationRoutes.ts"

const readers: ReadonlyMap<unknown, MessageReader> = new Map([
  ["authenticate", readerOf(Channels.Authenticate)],
  ["unsubscribe", readerOf(Channels.Unsubscribe)]
])

/** `subscribe`, by its channel. */
const subscriptionReaders: ReadonlyMap<unknown, MessageReader> = new Map([
  ["depth", readerOf(Channels.SubscribeDepth)],
  ["trades", readerOf(Channels.SubscribeTrades)],
  ["account", readerOf(Channels.SubscribeAccount)]
])

const channels: ReadonlySet<unknown> = new Set(subscriptionReaders.keys())

/** Every possible request. Commands have readers of their own. */
const ops: ReadonlySet<unknown> = new Set([
  ...readers.keys(),
  "subscribe",
  ...[...operations.values()].flatMap(({ name, stream }) => (stream === undefined ? [] : [name]))
])

/** Requests other than commands, which are operations of the contract. */
export type Control =
  | typeof Channels.Authenticate.Type
  | typeof Channels.SubscribeDepth.Type
  | typeof Channels.SubscribeTrades.Type
  | typeof Channels.SubscribeAccount.Type
  | typeof Channels.Unsubscribe.Type

export type RequestOf<Op extends Control["op"]> = Extract<Control, { readonly op: Op }>

/** A message before it is parsed; its id is known, so that a refusal can name it. */
export interface Parsed {
  readonly id: string | undefined
  readonly fields: Record<string, unknown>
}

export const parse = (text: string): Parsed | ApiFailure => {
  const parsed = parseObject(text)
  return Result.isFailure(parsed)
    ? malformed("The message must be a JSON object with `op` and `id`.")
    : { id: idOf(parsed.success), fields: parsed.success }
}

export const read = ({ fields }: Parsed): Control | ApiFailure => {
  const { channel, op } = fields
  if (!ops.has(op)) return noneOf("op", ops)
  const reader = op === "subscribe" ? subscriptionReaders.get(channel) : readers.get(op)
  if (reader === undefined) return noneOf("channel", channels)
  const request = reader(fields)
  return request instanceof Fault ? failureOf(request) : (request as Control)
}

const malformed = (detail: string, parameter?: string) =>
  new ApiFailure({
    code: "MalformedMessage",
    detail,
    ...(parameter !== undefined && { parameter })
  })

const noneOf = (parameter: string, known: ReadonlySet<unknown>) =>
  malformed(`${parameter}: must be one of: ${[...known].join(", ")}`, parameter)

const idOf = ({ id }: Record<string, unknown>): string | undefined =>
  typeof id === "string" && id.length <= 64 ? id : undefined
