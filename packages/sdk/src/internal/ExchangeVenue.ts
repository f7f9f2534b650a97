/** The venue of an exchange, in this thread or another, with the queries of an exchange. */
import type { VenueClient } from "@pandora-exchange/engine"
import { Context } from "effect"
import type { Questions } from "./queries.ts"

export class ExchangeVenue extends Context.Service<
  ExchangeVenue,
  VenueClient.VenueClient<Questions>
>()("@pandora-exchange/sdk/ExchangeVenue") {}
