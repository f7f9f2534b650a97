/** Where a request comes from, as far as the server can tell, before or without a principal. */
export interface Caller {
  /** IP address, after trusted proxies are taken into account. */
  readonly address: string
  /** The `User-Agent` the client sent. */
  readonly agent: string
}

const agentLengthMax = 200

/** The part of it that is stored. */
export const kept = ({ address, agent }: Caller): Caller => ({
  address,
  agent: agent.slice(0, agentLengthMax)
})
