/**
 * The venue's numbers as written on the wire: with a prefix that says what they name, so that one
 * kind is never taken for another. `acc_1000`, `ord_17`, `trd_5` (counted per market), `hld_3`.
 */

export interface WireId {
  readonly prefix: string
  readonly pattern: RegExp
  readonly write: (id: number) => string
  /** Returns `undefined` for text that is not such an id. */
  readonly read: (text: string) => number | undefined
}

const wireId = (prefix: string): WireId => {
  const pattern = new RegExp(`^${prefix}_[1-9][0-9]{0,15}$`)
  return {
    prefix,
    pattern,
    write: (id) => `${prefix}_${id}`,
    read: (text) => {
      if (!pattern.test(text)) return undefined
      const id = Number(text.slice(prefix.length + 1))
      return Number.isSafeInteger(id) ? id : undefined
    }
  }
}

export const account = wireId("acc")
export const order = wireId("ord")
export const trade = wireId("trd")
export const hold = wireId("hld")
export const list = wireId("lst")
