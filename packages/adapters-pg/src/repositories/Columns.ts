/** Ids as they are stored in rows. */
import { AccountId, AssetId, ListId, MarketId, OrderId, TradeId } from "@pandora-exchange/core/Ids"
import { Schema } from "effect"
import { Count } from "../internal/Rows.ts"

export const AccountIdColumn = Count.pipe(Schema.fromBrand("AccountId", AccountId))
export const AssetIdColumn = Schema.Finite.pipe(Schema.fromBrand("AssetId", AssetId))
export const ListIdColumn = Count.pipe(Schema.fromBrand("ListId", ListId))
export const MarketIdColumn = Schema.Finite.pipe(Schema.fromBrand("MarketId", MarketId))
export const OrderIdColumn = Count.pipe(Schema.fromBrand("OrderId", OrderId))
export const TradeIdColumn = Count.pipe(Schema.fromBrand("TradeId", TradeId))
