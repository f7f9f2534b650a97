/**
 * A program of a user who also checks the declarations of their dependencies and installs no
 * optional package. `npm run check -- build package` compiles it against the packed packages.
 */
import { createClient, isFailure, openStream } from "@pandora-exchange/client"
import { ExchangeClient } from "@pandora-exchange/client/ExchangeClient"
import {
  createExchange,
  type Denial,
  Exchange,
  type ExchangeOptions,
  type OpenError
} from "@pandora-exchange/sdk"

const options: ExchangeOptions = { assets: [{ symbol: "EUR" }] }
const exchange = await createExchange({ ...options, identity: (user: string) => user })
const ann = await exchange.as("ann")
const [balance] = await ann.balances()
const available: string | undefined = balance?.available

// Types of missing packages must not turn everything into `any`.
// @ts-expect-error an account is a number
await exchange.balances({ account: "ann" })
// @ts-expect-error there is no such failure
const opening: OpenError["_tag"] = "NoSuchFailure"
// @ts-expect-error nor such a denial
const denial: Denial["_tag"] = "NoSuchFailure"

export const names = [available, opening, denial, Exchange, ExchangeClient]
export const clients = [createClient, isFailure, openStream]
