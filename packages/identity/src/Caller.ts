/** Where a request comes from, before or without a principal, as far as the server can tell. */
export interface Caller {
  /** IP address, after trusted proxies. */
  readonly address: string
  /** What the client says it is. */
  readonly agent: string
}

const agentLengthMax = 200

/** What is kept of it. */
export const kept = ({ address, agent }: Caller): Caller => ({
  address,
  agent: agent.slice(0, agentLengthMax)
})
