/**
 * Numbers that name things. The venue assigns all of them; they count up without gaps and never
 * repeat; all except the first three stay below 2^53. Branded, so that one kind cannot be passed
 * for another; `AccountId(7)` brands a number from elsewhere.
 */
import { Brand } from "effect"

/** Position of a command in the venue's journal, from 1. */
export type Sequence = number & Brand.Brand<"Sequence">
/** Counts the leaders of a venue: a claim takes the next one. */
export type Epoch = number & Brand.Brand<"Epoch">
export type AssetId = number & Brand.Brand<"AssetId">
export type MarketId = number & Brand.Brand<"MarketId">
export type AccountId = number & Brand.Brand<"AccountId">
export type OrderId = number & Brand.Brand<"OrderId">
/** Counts the trades of one market. */
export type TradeId = number & Brand.Brand<"TradeId">
export type HoldId = number & Brand.Brand<"HoldId">
/** Names a list of orders that depend on each other. */
export type ListId = number & Brand.Brand<"ListId">

export const Sequence = Brand.nominal<Sequence>()
export const Epoch = Brand.nominal<Epoch>()
export const AssetId = Brand.nominal<AssetId>()
export const MarketId = Brand.nominal<MarketId>()
export const AccountId = Brand.nominal<AccountId>()
export const OrderId = Brand.nominal<OrderId>()
export const TradeId = Brand.nominal<TradeId>()
export const HoldId = Brand.nominal<HoldId>()
export const ListId = Brand.nominal<ListId>()
