/** Snapshot sections: what is remembered about requests, so that none is executed twice. */
import { Layout } from "@pandora-exchange/core"
import { list, type Section } from "./SnapshotSection.ts"
import { accountOrNone, key, table } from "./SnapshotTable.ts"

const sourceList = list(table({ name: Layout.text, last: Layout.u53 }))

/** By name. */
export const sources: Section = {
  *write({ sources }, w) {
    const rows = [...sources.keys()].sort().map((name) => ({ name, last: sources.get(name)! }))
    yield* sourceList.write(w, sources.size, rows)
  },
  read(r) {
    r.place = "sources"
    let before = ""
    sourceList.read(r, ({ last, name }) => {
      before = r.next(name, before)
      r.state.sources.set(name, last)
    })
  }
}

const horizonList = list(table({ account: accountOrNone, horizon: Layout.u53 }))

/** By account. */
export const horizons: Section = {
  *write({ keys }, w) {
    const rows = [...keys.accounts]
      .map(([account, { horizon }]) => ({ account, horizon }))
      .filter(({ horizon }) => horizon > 0)
      .sort((a, b) => a.account - b.account)
    yield* horizonList.write(w, rows.length, rows)
  },
  read(r) {
    r.place = "horizons"
    let last = -1
    horizonList.read(r, ({ account, horizon }) => {
      last = r.next(account, last)
      r.state.keys.accountOf(account).horizon = horizon
    })
  }
}

const keyTable = table({
  account: accountOrNone,
  key,
  madeAt: Layout.u53,
  rememberedAt: Layout.u53,
  sequence: Layout.u53,
  length: Layout.u32,
  answerAt: Layout.u32
})

/** In the order in which they were remembered; each is followed by its bytes. */
export const keys: Section = {
  *write({ keys: { keys } }, w) {
    w.u32(keys.size)
    for (const {
      account,
      answerAt,
      bytes,
      madeAt,
      name,
      rememberedAt,
      sequence
    } of keys.values()) {
      const { length } = bytes
      const unique = name.slice(-key.size / 2)
      keyTable.write(w, {
        account,
        key: unique,
        madeAt,
        rememberedAt,
        sequence,
        length,
        answerAt
      })
      yield* w.slices(bytes)
    }
  },
  read(r) {
    r.place = "request keys"
    const { keys } = r.state
    const count = r.count(keyTable.bytesMin(r.version))
    for (let i = 0; i < count; i++) {
      const row = keyTable.read(r)
      const { account, answerAt, length, madeAt, rememberedAt, sequence } = row
      const name = `${account} ${row.key}`
      r.check(answerAt <= length, `an answer begins at ${answerAt} of ${length} bytes`)
      r.check(!keys.keys.has(name), "a key is there twice")
      const bytes = r.take(length)
      keys.remember({
        name,
        account,
        madeAt,
        rememberedAt,
        sequence,
        bytes,
        answerAt,
        previous: undefined,
        next: undefined,
        nextOfAccount: undefined
      })
    }
  }
}
