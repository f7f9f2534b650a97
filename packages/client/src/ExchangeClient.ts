/** The client as an Effect service: the same methods, as effects that fail with `ClientError`. */
import { type EffectMethods, routes } from "@pandora-exchange/contract/wire"
import { Context, Effect, Layer } from "effect"
import { type ClientOptions, createClient } from "./Client.ts"
import type { ClientError } from "./Problem.ts"

export class ExchangeClient extends Context.Service<ExchangeClient, EffectMethods<ClientError>>()(
  "@pandora-exchange/client/ExchangeClient"
) {
  /** Uses the platform's `fetch`. Closed with its scope. */
  static readonly layer = (options: ClientOptions): Layer.Layer<ExchangeClient> =>
    Layer.effect(
      ExchangeClient,
      Effect.map(
        Effect.acquireRelease(
          Effect.sync(() => createClient(options)),
          (client) => Effect.promise(() => client.close())
        ),
        (client) =>
          Object.fromEntries(
            (Object.keys(routes) as ReadonlyArray<keyof typeof routes>).map((name) => [
              name,
              (...args: ReadonlyArray<unknown>) =>
                Effect.tryPromise({
                  try: () =>
                    (client[name] as (...args: ReadonlyArray<unknown>) => Promise<unknown>)(
                      ...args
                    ),
                  catch: (error) => error as ClientError
                })
            ])
          ) as unknown as EffectMethods<ClientError>
      )
    )
}
