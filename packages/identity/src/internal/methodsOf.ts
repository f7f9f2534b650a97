/** Turns actions into methods of a service by binding the context, their first argument. */
type Methods<Actions> = {
  readonly [K in keyof Actions]: Actions[K] extends (context: never, ...args: infer A) => infer R
    ? (...args: A) => R
    : never
}

export const methodsOf = <
  C,
  Actions extends Readonly<Record<string, (context: C, ...args: ReadonlyArray<never>) => unknown>>
>(
  context: C,
  actions: Actions
): Methods<Actions> =>
  Object.fromEntries(
    Object.entries(actions).map(([name, action]) => [
      name,
      (...args: ReadonlyArray<never>) => action(context, ...args)
    ])
  ) as Methods<Actions>
