/** The statements that lead from one version of the tables to the next. */
export interface Migration {
  readonly name: string
  readonly statements: ReadonlyArray<string>
}
