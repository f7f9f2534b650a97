/** Snapshot sections: counters, assets, accounts, and what they hold. */
import { Account, Asset, Ids, Layout, Market } from "@pandora-exchange/core"
import * as NonTrading from "./NonTrading.ts"
import { list, rowsUntil, type Section } from "./SnapshotSection.ts"
import { account, asset, table } from "./SnapshotTable.ts"
import { firstOpened } from "./State.ts"

const { accountKinds } = Account

const counterTable = table({
  sequence: Layout.u53,
  time: Layout.u53,
  lastOrderId: Layout.u53,
  lastHoldId: Layout.u53,
  lastListId: Layout.u53
})

export const counters: Section = {
  *write(state, w) {
    counterTable.write(w, state)
  },
  read(r) {
    r.place = "counters"
    counterTable.read(r, r.state)
  }
}

const assetList = list(table({ scale: Layout.u8, symbol: Layout.text }))

/** By asset id, which counts from 1. */
export const assets: Section = {
  *write({ assets: [, ...all] }, w) {
    yield* assetList.write(w, all.length, all as Array<Asset.Asset>)
  },
  read(r) {
    r.place = "assets"
    assetList.read(r, (read) => {
      r.check(read.scale <= Asset.scaleMax, `scale ${read.scale} is above ${Asset.scaleMax}`)
      NonTrading.addAsset(r.state, { assetId: Ids.AssetId(r.state.assets.length), ...read })
    })
  }
}

const openedList = list(table({ kind: Layout.literals(accountKinds), reference: Layout.text }))

/** By account number, without the accounts that always exist. */
export const opened: Section = {
  *write({ accounts }, w) {
    function* rows() {
      for (let index = firstOpened; index < accounts.count; index++) {
        const kind = accountKinds.indexOf(accounts.kind(index))
        yield { kind, reference: accounts.references[index]! }
      }
    }
    yield* openedList.write(w, accounts.count - firstOpened, rows())
  },
  read(r) {
    r.place = "accounts"
    openedList.read(r, ({ kind, reference }) =>
      r.state.accounts.open(accountKinds[kind]!, reference)
    )
  }
}

const termRows = rowsUntil(0, table({ account, feeTier: Layout.u8, tradeGroup: Layout.u32 }))

/** By account: those with a fee tier or a trade group. */
export const accountTerms: Section = {
  *write({ accounts }, w) {
    function* rows() {
      for (let index = 1; index < accounts.count; index++) {
        const feeTier = accounts.feeTier(index)
        const tradeGroup = accounts.tradeGroup(index)
        if (feeTier !== 0 || tradeGroup !== 0) yield { account: index, feeTier, tradeGroup }
      }
    }
    yield* termRows.write(w, rows())
  },
  read(r) {
    const { accounts } = r.state
    let last = 0
    termRows.read(r, ({ account: index, feeTier, tradeGroup }) => {
      last = r.next(index, last)
      r.check(feeTier <= Market.feeTierMax, `fee tier ${feeTier} is above ${Market.feeTierMax}`)
      r.check(
        feeTier !== 0 || tradeGroup !== 0,
        `account ${index} has neither a fee tier nor a trade group`
      )
      accounts.setFeeTier(index, feeTier)
      accounts.setTradeGroup(index, tradeGroup)
    })
  }
}

const timerList = list(table({ account, deadline: Layout.u53 }))

/** By account. */
export const timers: Section = {
  *write({ timers }, w) {
    const running = [...timers.running].sort((a, b) => a - b)
    const rows = running.map((index) => ({ account: index, deadline: timers.timeOf(index)! }))
    yield* timerList.write(w, timers.size, rows)
  },
  read(r) {
    r.place = "timers"
    let last = 0
    timerList.read(r, ({ account: index, deadline }) => {
      last = r.next(index, last)
      r.state.timers.set(index, deadline)
    })
  }
}

const balanceRows = rowsUntil(0, table({ account, available: Layout.i64, held: Layout.i64 }))

/** Per asset: the accounts with a balance, in order. */
export const balances: Section = {
  *write({ accounts, assets, funds }, w) {
    function* rows(assetId: number) {
      for (let index = 1; index < accounts.count; index++) {
        const available = funds.available(index, assetId)
        const held = funds.held(index, assetId)
        if (available !== 0n || held !== 0n) yield { account: index, available, held }
      }
    }
    for (let assetId = 1; assetId < assets.length; assetId++)
      yield* balanceRows.write(w, rows(assetId))
  },
  read(r) {
    r.place = "balances"
    const { assets, funds } = r.state
    for (let assetId = 1; assetId < assets.length; assetId++) {
      let total = 0n
      let last = 0
      balanceRows.read(r, ({ account: index, available, held }) => {
        last = r.next(index, last)
        if (available === 0n && held === 0n) r.fail(`an account has nothing of asset ${assetId}`)
        funds.load(index, assetId, available, held)
        total += available + held
      })
      r.check(total === 0n, `the balances of asset ${assetId} sum up to ${total}, not to 0`)
    }
  }
}

const holdList = list(
  table({
    holdId: Layout.u53,
    account,
    assetId: asset,
    amount: Layout.i64,
    reference: Layout.text
  })
)

/** By hold id. */
export const holds: Section = {
  *write({ holds }, w) {
    function* rows() {
      for (const [holdId, { account, amount, assetId, reference }] of holds)
        yield { holdId, account, assetId, amount, reference }
    }
    yield* holdList.write(w, holds.size, rows())
  },
  read(r) {
    r.place = "holds"
    const { holds, lastHoldId } = r.state
    let last = 0
    holdList.read(r, ({ account, amount, assetId, holdId, reference }) => {
      last = r.next(holdId, last)
      r.check(holdId <= lastHoldId, `hold ${holdId} is past the last, ${lastHoldId}`)
      holds.add(holdId, { account, assetId, amount, reference })
    })
  }
}
