/** The methods of the clients. Printed from the declarations by `npm run contract`. */

import type { Effect } from "effect"
import type {
  AccountTerms,
  AddPasskey,
  AmendOrder,
  AmendedOrder,
  Asset,
  AuditEntry,
  AuditVerification,
  Balance,
  BatchAnswer,
  BatchItem,
  CancelAfterSet,
  CancelledOrder,
  CancelledOrders,
  ChangePassword,
  CompletePasswordReset,
  CompleteRegistration,
  Depth,
  EntryKind,
  Factors,
  FeeTier,
  Fill,
  KeySet,
  KycBegun,
  LastPrice,
  LedgerEntry,
  Live,
  Market,
  MarketRules,
  Me,
  OpenHold,
  OpenList,
  OpenOrder,
  Order,
  PasskeyOptions,
  PlaceList,
  PlaceOrder,
  PlacedList,
  PlacedOrder,
  Preview,
  Readiness,
  RecoveryCodes,
  Registered,
  ReplaceOrder,
  ReplacedOrder,
  Session,
  Side,
  SignIn,
  StepUpBegun,
  StepUpProof,
  Tokens,
  TotpSecret,
  Trade,
  User,
  UserAccount
} from "./wire.ts"

export interface AccountTermsOptions {
  /** The account. */
  readonly account?: string
}

export interface AmendOptions {
  /** The account. */
  readonly account?: string
  /** The idempotency key. Default: a new one for each call. */
  readonly key?: string
}

export interface AuditEntriesOptions {
  /** How many at most. Default: 100. */
  readonly limit?: number
  /** The `next` of the page before. */
  readonly cursor?: string
}

export interface BalancesOptions {
  /** The account. */
  readonly account?: string
}

export interface BatchOptions {
  /** The account. */
  readonly account?: string
}

export interface CancelOptions {
  /** The account. */
  readonly account?: string
  /** The idempotency key. Default: a new one for each call. */
  readonly key?: string
}

export interface CancelAfterOptions {
  /** The account. */
  readonly account?: string
  /** The idempotency key. Default: a new one for each call. */
  readonly key?: string
}

export interface CancelAllOptions {
  /** The account. */
  readonly account?: string
  /** Only orders of this market. Default: all markets. */
  readonly market?: string
  /** Only orders of this side. Default: both sides. */
  readonly side?: Side
  /** The idempotency key. Default: a new one for each call. */
  readonly key?: string
}

export interface CancelListOptions {
  /** The account. */
  readonly account?: string
  /** The idempotency key. Default: a new one for each call. */
  readonly key?: string
}

export interface DepthOptions {
  /** Levels of each side, at most 5,000. Default: 100. */
  readonly levels?: number
}

export interface FillsOptions {
  /** The account. */
  readonly account?: string
  /** How many at most. Default: 100. */
  readonly limit?: number
  /** The `next` of the page before. */
  readonly cursor?: string
  /** The earliest time, in milliseconds since 1970. */
  readonly from?: number
  /** The time before which the page ends, in milliseconds since 1970. */
  readonly to?: number
  /** Which come first. Default: `newest`. */
  readonly sort?: "newest" | "oldest"
  /** Only trades of this market. Default: all markets. */
  readonly market?: string
  /** Only trades of this order. Default: all orders. */
  readonly order?: string
}

export interface HoldsOptions {
  /** The account. */
  readonly account?: string
}

export interface LedgerEntriesOptions {
  /** The account. */
  readonly account?: string
  /** How many at most. Default: 100. */
  readonly limit?: number
  /** The `next` of the page before. */
  readonly cursor?: string
  /** The earliest time, in milliseconds since 1970. */
  readonly from?: number
  /** The time before which the page ends, in milliseconds since 1970. */
  readonly to?: number
  /** Which come first. Default: `newest`. */
  readonly sort?: "newest" | "oldest"
  /** Only changes of this asset. Default: all assets. */
  readonly asset?: string
  /** Only changes of this kind. Default: all kinds. */
  readonly kind?: EntryKind
}

export interface OpenListsOptions {
  /** The account. */
  readonly account?: string
}

export interface OpenOrdersOptions {
  /** The account. */
  readonly account?: string
  /** Only orders of this market. Default: all markets. */
  readonly market?: string
  /**
   * Only orders placed with the API key of this number; 0 for those placed without one. Default: all
   * orders.
   */
  readonly credential?: number
}

export interface OrderOptions {
  /** The account. */
  readonly account?: string
}

export interface OrdersOptions {
  /** The account. */
  readonly account?: string
  /** How many at most. Default: 100. */
  readonly limit?: number
  /** The `next` of the page before. */
  readonly cursor?: string
  /** The earliest time, in milliseconds since 1970. */
  readonly from?: number
  /** The time before which the page ends, in milliseconds since 1970. */
  readonly to?: number
  /** Which come first. Default: `newest`. */
  readonly sort?: "newest" | "oldest"
  /** Only orders of this market. Default: all markets. */
  readonly market?: string
  /** Only orders of this side. Default: both sides. */
  readonly side?: Side
  /**
   * Only orders placed with the API key of this number; 0 for those placed without one. Default: all
   * orders.
   */
  readonly credential?: number
  /** Only open or only ended orders. Default: both. */
  readonly status?: "open" | "closed"
}

export interface PlaceOptions {
  /** The account. */
  readonly account?: string
  /** The idempotency key. Default: a new one for each call. */
  readonly key?: string
}

export interface PlaceListOptions {
  /** The account. */
  readonly account?: string
  /** The idempotency key. Default: a new one for each call. */
  readonly key?: string
}

export interface PreviewOptions {
  /** The account. */
  readonly account?: string
}

export interface ReplaceOptions {
  /** The account. */
  readonly account?: string
  /** The idempotency key. Default: a new one for each call. */
  readonly key?: string
}

export interface TradesOptions {
  /** How many at most. Default: 100. */
  readonly limit?: number
  /** The `next` of the page before. */
  readonly cursor?: string
  /** The earliest time, in milliseconds since 1970. */
  readonly from?: number
  /** The time before which the page ends, in milliseconds since 1970. */
  readonly to?: number
  /** Which come first. Default: `newest`. */
  readonly sort?: "newest" | "oldest"
}

export interface UsersOptions {
  /** How many at most. Default: 100. */
  readonly limit?: number
  /** The `next` of the page before. */
  readonly cursor?: string
}

/** Every operation of the HTTP API, with promises. */
export interface PromiseMethods {
  /** Returns an account's fee tier and trade group, and when its timer cancels its orders. */
  accountTerms(options?: AccountTermsOptions): Promise<AccountTerms>

  /** Opens a sub-account. */
  addAccount(label: string): Promise<UserAccount>

  /** Adds the passkey that was started and ends all other sessions. */
  addPasskey(request: AddPasskey): Promise<RecoveryCodes>

  /** Changes the price or the quantity of an open order, named by its id or by your own. */
  amend(order: string, change: AmendOrder, options?: AmendOptions): Promise<AmendedOrder>

  /** Lists all assets. */
  assets(): Promise<{
    readonly data: ReadonlyArray<Asset>
    /** The command of the journal that the answer reflects. */
    readonly sequence: number
  }>

  /** Lists who did what to whom, oldest first. */
  auditEntries(options?: AuditEntriesOptions): Promise<{
    readonly data: ReadonlyArray<AuditEntry>
    /** The cursor of the next page; null at the end. */
    readonly next: string | null
  }>

  /** Lists what the account has: an asset of which it has nothing is left out. */
  balances(options?: BalancesOptions): Promise<{
    readonly data: ReadonlyArray<Balance>
    /** The command of the journal that the answer reflects. */
    readonly sequence: number
  }>

  /**
   * Places, amends, replaces and cancels up to 100 orders of one account, in order. Each item is
   * done on its own: a refusal stops no other, and comes in its place.
   */
  batch(items: ReadonlyArray<BatchItem>, options?: BatchOptions): Promise<BatchAnswer>

  /** Starts the verification that withdrawals need. */
  beginKyc(): Promise<KycBegun>

  /** Starts adding a passkey. */
  beginPasskey(): Promise<PasskeyOptions>

  /** Says which proof a step-up takes. */
  beginStepUp(): Promise<StepUpBegun>

  /**
   * Starts adding an authenticator app. It counts once a code is confirmed; starting again makes
   * another secret.
   */
  beginTotp(): Promise<TotpSecret>

  /** Cancels an open order, by its id or by your own. */
  cancel(order: string, options?: CancelOptions): Promise<CancelledOrder>

  /**
   * Cancels every open order after a delay, unless it is called again before: a dead man's switch.
   */
  cancelAfter(delay: number, options?: CancelAfterOptions): Promise<CancelAfterSet>

  /** Cancels every open order, in one market or in all, of one side or of both. */
  cancelAll(options?: CancelAllOptions): Promise<CancelledOrders>

  /** Cancels the open orders of a list, by its id or by your own. */
  cancelList(list: string, options?: CancelListOptions): Promise<CancelledOrders>

  /**
   * Sends a link to the new address, which counts once the link is confirmed. Needs a fresh proof.
   */
  changeEmail(email: string): Promise<void>

  /** Changes the password and ends all other sessions. Needs a fresh proof. */
  changePassword(request: ChangePassword): Promise<void>

  /**
   * Closes the caller's user for good. Needs a fresh proof, and accounts with nothing left in them.
   */
  closeUser(): Promise<void>

  /** Confirms the new address with the link that was sent to it. The link works once. */
  completeEmailChange(token: string): Promise<void>

  /** Sets the new password and ends all sessions. The link works once. */
  completePasswordReset(request: CompletePasswordReset): Promise<void>

  /** Creates the user for whom the link was sent. The link works once. */
  completeRegistration(request: CompleteRegistration): Promise<Registered>

  /** Confirms the authenticator app with a code and ends all other sessions. */
  confirmTotp(code: string): Promise<RecoveryCodes>

  /** Decides about a user whose verification is pending. */
  decideKyc(user: string, decision: "verified" | "rejected"): Promise<User>

  /** Returns the best price levels of both sides of the book. */
  depth(market: string, options?: DepthOptions): Promise<Depth>

  /** Ends all of the caller's sessions except this one. */
  endOtherSessions(): Promise<void>

  /** Ends one of the caller's sessions. End the current one to sign out. */
  endSession(session: string): Promise<void>

  /** Lists the caller's second factors. */
  factors(): Promise<Factors>

  /** Lists the fees of each tier that has fees of its own in a market; tier 0 always has. */
  feeTiers(market: string): Promise<{
    readonly data: ReadonlyArray<FeeTier>
    /** The command of the journal that the answer reflects. */
    readonly sequence: number
  }>

  /** Lists the account's own trades. */
  fills(options?: FillsOptions): Promise<{
    readonly data: ReadonlyArray<Fill>
    /** The cursor of the next page; null at the end. */
    readonly next: string | null
    /** The command of the journal that the answer reflects. */
    readonly sequence: number
  }>

  /** Freezes a user, who can then look at everything and move nothing. */
  freezeUser(user: string): Promise<User>

  /**
   * Lists the amounts that are set aside now, oldest first. What open orders hold is not among them.
   */
  holds(options?: HoldsOptions): Promise<{
    readonly data: ReadonlyArray<OpenHold>
    /** The command of the journal that the answer reflects. */
    readonly sequence: number
  }>

  /** Returns the public keys of access tokens. A key is listed here before it signs. */
  keySet(): Promise<KeySet>

  /** Returns the price of the last trade, and the prices from outside the book. */
  lastPrice(market: string): Promise<LastPrice>

  /** Lists every change of the account's balances. */
  ledgerEntries(options?: LedgerEntriesOptions): Promise<{
    readonly data: ReadonlyArray<LedgerEntry>
    /** The cursor of the next page; null at the end. */
    readonly next: string | null
    /** The command of the journal that the answer reflects. */
    readonly sequence: number
  }>

  /** Answers while the process is running. */
  live(): Promise<Live>

  /** Returns one market with its terms. */
  market(market: string): Promise<Market>

  /** Returns the rules of a market, in the form in which `setMarketRules` takes them. */
  marketRules(market: string): Promise<MarketRules>

  /** Lists all markets with their terms. */
  markets(): Promise<{
    readonly data: ReadonlyArray<Market>
    /** The command of the journal that the answer reflects. */
    readonly sequence: number
  }>

  /** Returns who the caller is and what the token permits. */
  me(): Promise<Me>

  /** Makes new recovery codes, cancels the old ones and ends all other sessions. */
  newRecoveryCodes(): Promise<RecoveryCodes>

  /** Lists the order lists that have open orders, oldest first. */
  openLists(options?: OpenListsOptions): Promise<{
    readonly data: ReadonlyArray<OpenList>
    /** The command of the journal that the answer reflects. */
    readonly sequence: number
  }>

  /** Lists open orders as the venue has them, oldest first. */
  openOrders(options?: OpenOrdersOptions): Promise<{
    readonly data: ReadonlyArray<OpenOrder>
    /** The command of the journal that the answer reflects. */
    readonly sequence: number
  }>

  /**
   * Returns one order, open or ended, with its end reason, fills and fees. A server reads it from
   * its history. The SDK reads it from the journal, which takes longer the older the order is, and
   * finds ended orders by `order` only.
   */
  order(order: string, options?: OrderOptions): Promise<Order>

  /** Lists orders, open and ended. */
  orders(options?: OrdersOptions): Promise<{
    readonly data: ReadonlyArray<Order>
    /** The cursor of the next page; null at the end. */
    readonly next: string | null
    /** The command of the journal that the answer reflects. */
    readonly sequence: number
  }>

  /** Places an order and answers when it is durable. */
  place(order: PlaceOrder, options?: PlaceOptions): Promise<PlacedOrder>

  /**
   * Places orders that depend on each other: OCO, OTO, OTOCO. The waiting orders of an OTO or OTOCO
   * begin when the first order is filled in full. If it ends in any other way, they end with it,
   * even if most of it was filled: what it brought has no exit then.
   */
  placeList(list: PlaceList, options?: PlaceListOptions): Promise<PlacedList>

  /** Says what placing an order would come to now, by the code that executes. Nothing changes. */
  preview(request: PlaceOrder, options?: PreviewOptions): Promise<Preview>

  /** Says whether orders are accepted, and what is wrong. Status 503 if they are not. */
  ready(): Promise<Readiness>

  /** Returns the next tokens of the session. Using a refresh token twice ends the session. */
  refresh(refreshToken: string): Promise<Tokens>

  /** Sends a link to the address. The link creates a user and works for a day. */
  register(email: string): Promise<void>

  /** Removes a passkey and ends all other sessions. */
  removePasskey(passkey: string): Promise<void>

  /** Removes the authenticator app and ends all other sessions. */
  removeTotp(): Promise<void>

  /** Changes the caller's name. */
  rename(name: string): Promise<void>

  /**
   * Cancels an open order and places another one in its market. The cancel stands even if the new
   * one is refused.
   */
  replace(order: string, replacement: ReplaceOrder, options?: ReplaceOptions): Promise<ReplacedOrder>

  /** Sends a link to the address, if it has a user. The link works for half an hour. */
  requestPasswordReset(email: string): Promise<void>

  /** Lists the caller's active sessions. */
  sessions(): Promise<{
    readonly data: ReadonlyArray<Session>
  }>

  /** Sets a user's roles and ends the user's sessions. Needs a fresh proof. */
  setRoles(user: string, roles: ReadonlyArray<"user" | "support" | "compliance" | "finance" | "admin" | "superadmin">): Promise<User>

  /** Signs in. */
  signIn(request: SignIn): Promise<Tokens>

  /** Takes a fresh proof and replaces the session with one that has it. */
  stepUp(proof: StepUpProof): Promise<Tokens>

  /** Lists the trades of a market. */
  trades(market: string, options?: TradesOptions): Promise<{
    readonly data: ReadonlyArray<Trade>
    /** The cursor of the next page; null at the end. */
    readonly next: string | null
    /** The command of the journal that the answer reflects. */
    readonly sequence: number
  }>

  /** Gives a frozen user all rights again. */
  unfreezeUser(user: string): Promise<User>

  /** Returns the caller's user. */
  user(): Promise<User>

  /** Returns one user. */
  userNamed(user: string): Promise<User>

  /** Lists all users in the order of their ids. */
  users(options?: UsersOptions): Promise<{
    readonly data: ReadonlyArray<User>
    /** The cursor of the next page; null at the end. */
    readonly next: string | null
  }>

  /** Reads the whole audit trail and says whether it was altered. */
  verifyAudit(): Promise<AuditVerification>
}

/** Every command of the stream. */
export interface StreamMethods {
  /** Changes the price or the quantity of an open order, named by its id or by your own. */
  amend(order: string, change: AmendOrder, options?: AmendOptions): Promise<AmendedOrder>

  /**
   * Places, amends, replaces and cancels up to 100 orders of one account, in order. Each item is
   * done on its own: a refusal stops no other, and comes in its place.
   */
  batch(items: ReadonlyArray<BatchItem>, options?: BatchOptions): Promise<BatchAnswer>

  /** Cancels an open order, by its id or by your own. */
  cancel(order: string, options?: CancelOptions): Promise<CancelledOrder>

  /**
   * Cancels every open order after a delay, unless it is called again before: a dead man's switch.
   */
  cancelAfter(delay: number, options?: CancelAfterOptions): Promise<CancelAfterSet>

  /** Cancels every open order, in one market or in all, of one side or of both. */
  cancelAll(options?: CancelAllOptions): Promise<CancelledOrders>

  /** Cancels the open orders of a list, by its id or by your own. */
  cancelList(list: string, options?: CancelListOptions): Promise<CancelledOrders>

  /** Places an order and answers when it is durable. */
  place(order: PlaceOrder, options?: PlaceOptions): Promise<PlacedOrder>

  /**
   * Places orders that depend on each other: OCO, OTO, OTOCO. The waiting orders of an OTO or OTOCO
   * begin when the first order is filled in full. If it ends in any other way, they end with it,
   * even if most of it was filled: what it brought has no exit then.
   */
  placeList(list: PlaceList, options?: PlaceListOptions): Promise<PlacedList>

  /**
   * Cancels an open order and places another one in its market. The cancel stands even if the new
   * one is refused.
   */
  replace(order: string, replacement: ReplaceOrder, options?: ReplaceOptions): Promise<ReplacedOrder>
}

/** Every operation of the HTTP API, with effects. */
export interface EffectMethods<E> {
  /** Returns an account's fee tier and trade group, and when its timer cancels its orders. */
  accountTerms(options?: AccountTermsOptions): Effect.Effect<AccountTerms, E>

  /** Opens a sub-account. */
  addAccount(label: string): Effect.Effect<UserAccount, E>

  /** Adds the passkey that was started and ends all other sessions. */
  addPasskey(request: AddPasskey): Effect.Effect<RecoveryCodes, E>

  /** Changes the price or the quantity of an open order, named by its id or by your own. */
  amend(order: string, change: AmendOrder, options?: AmendOptions): Effect.Effect<AmendedOrder, E>

  /** Lists all assets. */
  assets(): Effect.Effect<{
    readonly data: ReadonlyArray<Asset>
    /** The command of the journal that the answer reflects. */
    readonly sequence: number
  }, E>

  /** Lists who did what to whom, oldest first. */
  auditEntries(options?: AuditEntriesOptions): Effect.Effect<{
    readonly data: ReadonlyArray<AuditEntry>
    /** The cursor of the next page; null at the end. */
    readonly next: string | null
  }, E>

  /** Lists what the account has: an asset of which it has nothing is left out. */
  balances(options?: BalancesOptions): Effect.Effect<{
    readonly data: ReadonlyArray<Balance>
    /** The command of the journal that the answer reflects. */
    readonly sequence: number
  }, E>

  /**
   * Places, amends, replaces and cancels up to 100 orders of one account, in order. Each item is
   * done on its own: a refusal stops no other, and comes in its place.
   */
  batch(items: ReadonlyArray<BatchItem>, options?: BatchOptions): Effect.Effect<BatchAnswer, E>

  /** Starts the verification that withdrawals need. */
  beginKyc(): Effect.Effect<KycBegun, E>

  /** Starts adding a passkey. */
  beginPasskey(): Effect.Effect<PasskeyOptions, E>

  /** Says which proof a step-up takes. */
  beginStepUp(): Effect.Effect<StepUpBegun, E>

  /**
   * Starts adding an authenticator app. It counts once a code is confirmed; starting again makes
   * another secret.
   */
  beginTotp(): Effect.Effect<TotpSecret, E>

  /** Cancels an open order, by its id or by your own. */
  cancel(order: string, options?: CancelOptions): Effect.Effect<CancelledOrder, E>

  /**
   * Cancels every open order after a delay, unless it is called again before: a dead man's switch.
   */
  cancelAfter(delay: number, options?: CancelAfterOptions): Effect.Effect<CancelAfterSet, E>

  /** Cancels every open order, in one market or in all, of one side or of both. */
  cancelAll(options?: CancelAllOptions): Effect.Effect<CancelledOrders, E>

  /** Cancels the open orders of a list, by its id or by your own. */
  cancelList(list: string, options?: CancelListOptions): Effect.Effect<CancelledOrders, E>

  /**
   * Sends a link to the new address, which counts once the link is confirmed. Needs a fresh proof.
   */
  changeEmail(email: string): Effect.Effect<void, E>

  /** Changes the password and ends all other sessions. Needs a fresh proof. */
  changePassword(request: ChangePassword): Effect.Effect<void, E>

  /**
   * Closes the caller's user for good. Needs a fresh proof, and accounts with nothing left in them.
   */
  closeUser(): Effect.Effect<void, E>

  /** Confirms the new address with the link that was sent to it. The link works once. */
  completeEmailChange(token: string): Effect.Effect<void, E>

  /** Sets the new password and ends all sessions. The link works once. */
  completePasswordReset(request: CompletePasswordReset): Effect.Effect<void, E>

  /** Creates the user for whom the link was sent. The link works once. */
  completeRegistration(request: CompleteRegistration): Effect.Effect<Registered, E>

  /** Confirms the authenticator app with a code and ends all other sessions. */
  confirmTotp(code: string): Effect.Effect<RecoveryCodes, E>

  /** Decides about a user whose verification is pending. */
  decideKyc(user: string, decision: "verified" | "rejected"): Effect.Effect<User, E>

  /** Returns the best price levels of both sides of the book. */
  depth(market: string, options?: DepthOptions): Effect.Effect<Depth, E>

  /** Ends all of the caller's sessions except this one. */
  endOtherSessions(): Effect.Effect<void, E>

  /** Ends one of the caller's sessions. End the current one to sign out. */
  endSession(session: string): Effect.Effect<void, E>

  /** Lists the caller's second factors. */
  factors(): Effect.Effect<Factors, E>

  /** Lists the fees of each tier that has fees of its own in a market; tier 0 always has. */
  feeTiers(market: string): Effect.Effect<{
    readonly data: ReadonlyArray<FeeTier>
    /** The command of the journal that the answer reflects. */
    readonly sequence: number
  }, E>

  /** Lists the account's own trades. */
  fills(options?: FillsOptions): Effect.Effect<{
    readonly data: ReadonlyArray<Fill>
    /** The cursor of the next page; null at the end. */
    readonly next: string | null
    /** The command of the journal that the answer reflects. */
    readonly sequence: number
  }, E>

  /** Freezes a user, who can then look at everything and move nothing. */
  freezeUser(user: string): Effect.Effect<User, E>

  /**
   * Lists the amounts that are set aside now, oldest first. What open orders hold is not among them.
   */
  holds(options?: HoldsOptions): Effect.Effect<{
    readonly data: ReadonlyArray<OpenHold>
    /** The command of the journal that the answer reflects. */
    readonly sequence: number
  }, E>

  /** Returns the public keys of access tokens. A key is listed here before it signs. */
  keySet(): Effect.Effect<KeySet, E>

  /** Returns the price of the last trade, and the prices from outside the book. */
  lastPrice(market: string): Effect.Effect<LastPrice, E>

  /** Lists every change of the account's balances. */
  ledgerEntries(options?: LedgerEntriesOptions): Effect.Effect<{
    readonly data: ReadonlyArray<LedgerEntry>
    /** The cursor of the next page; null at the end. */
    readonly next: string | null
    /** The command of the journal that the answer reflects. */
    readonly sequence: number
  }, E>

  /** Answers while the process is running. */
  live(): Effect.Effect<Live, E>

  /** Returns one market with its terms. */
  market(market: string): Effect.Effect<Market, E>

  /** Returns the rules of a market, in the form in which `setMarketRules` takes them. */
  marketRules(market: string): Effect.Effect<MarketRules, E>

  /** Lists all markets with their terms. */
  markets(): Effect.Effect<{
    readonly data: ReadonlyArray<Market>
    /** The command of the journal that the answer reflects. */
    readonly sequence: number
  }, E>

  /** Returns who the caller is and what the token permits. */
  me(): Effect.Effect<Me, E>

  /** Makes new recovery codes, cancels the old ones and ends all other sessions. */
  newRecoveryCodes(): Effect.Effect<RecoveryCodes, E>

  /** Lists the order lists that have open orders, oldest first. */
  openLists(options?: OpenListsOptions): Effect.Effect<{
    readonly data: ReadonlyArray<OpenList>
    /** The command of the journal that the answer reflects. */
    readonly sequence: number
  }, E>

  /** Lists open orders as the venue has them, oldest first. */
  openOrders(options?: OpenOrdersOptions): Effect.Effect<{
    readonly data: ReadonlyArray<OpenOrder>
    /** The command of the journal that the answer reflects. */
    readonly sequence: number
  }, E>

  /**
   * Returns one order, open or ended, with its end reason, fills and fees. A server reads it from
   * its history. The SDK reads it from the journal, which takes longer the older the order is, and
   * finds ended orders by `order` only.
   */
  order(order: string, options?: OrderOptions): Effect.Effect<Order, E>

  /** Lists orders, open and ended. */
  orders(options?: OrdersOptions): Effect.Effect<{
    readonly data: ReadonlyArray<Order>
    /** The cursor of the next page; null at the end. */
    readonly next: string | null
    /** The command of the journal that the answer reflects. */
    readonly sequence: number
  }, E>

  /** Places an order and answers when it is durable. */
  place(order: PlaceOrder, options?: PlaceOptions): Effect.Effect<PlacedOrder, E>

  /**
   * Places orders that depend on each other: OCO, OTO, OTOCO. The waiting orders of an OTO or OTOCO
   * begin when the first order is filled in full. If it ends in any other way, they end with it,
   * even if most of it was filled: what it brought has no exit then.
   */
  placeList(list: PlaceList, options?: PlaceListOptions): Effect.Effect<PlacedList, E>

  /** Says what placing an order would come to now, by the code that executes. Nothing changes. */
  preview(request: PlaceOrder, options?: PreviewOptions): Effect.Effect<Preview, E>

  /** Says whether orders are accepted, and what is wrong. Status 503 if they are not. */
  ready(): Effect.Effect<Readiness, E>

  /** Returns the next tokens of the session. Using a refresh token twice ends the session. */
  refresh(refreshToken: string): Effect.Effect<Tokens, E>

  /** Sends a link to the address. The link creates a user and works for a day. */
  register(email: string): Effect.Effect<void, E>

  /** Removes a passkey and ends all other sessions. */
  removePasskey(passkey: string): Effect.Effect<void, E>

  /** Removes the authenticator app and ends all other sessions. */
  removeTotp(): Effect.Effect<void, E>

  /** Changes the caller's name. */
  rename(name: string): Effect.Effect<void, E>

  /**
   * Cancels an open order and places another one in its market. The cancel stands even if the new
   * one is refused.
   */
  replace(order: string, replacement: ReplaceOrder, options?: ReplaceOptions): Effect.Effect<ReplacedOrder, E>

  /** Sends a link to the address, if it has a user. The link works for half an hour. */
  requestPasswordReset(email: string): Effect.Effect<void, E>

  /** Lists the caller's active sessions. */
  sessions(): Effect.Effect<{
    readonly data: ReadonlyArray<Session>
  }, E>

  /** Sets a user's roles and ends the user's sessions. Needs a fresh proof. */
  setRoles(user: string, roles: ReadonlyArray<"user" | "support" | "compliance" | "finance" | "admin" | "superadmin">): Effect.Effect<User, E>

  /** Signs in. */
  signIn(request: SignIn): Effect.Effect<Tokens, E>

  /** Takes a fresh proof and replaces the session with one that has it. */
  stepUp(proof: StepUpProof): Effect.Effect<Tokens, E>

  /** Lists the trades of a market. */
  trades(market: string, options?: TradesOptions): Effect.Effect<{
    readonly data: ReadonlyArray<Trade>
    /** The cursor of the next page; null at the end. */
    readonly next: string | null
    /** The command of the journal that the answer reflects. */
    readonly sequence: number
  }, E>

  /** Gives a frozen user all rights again. */
  unfreezeUser(user: string): Effect.Effect<User, E>

  /** Returns the caller's user. */
  user(): Effect.Effect<User, E>

  /** Returns one user. */
  userNamed(user: string): Effect.Effect<User, E>

  /** Lists all users in the order of their ids. */
  users(options?: UsersOptions): Effect.Effect<{
    readonly data: ReadonlyArray<User>
    /** The cursor of the next page; null at the end. */
    readonly next: string | null
  }, E>

  /** Reads the whole audit trail and says whether it was altered. */
  verifyAudit(): Effect.Effect<AuditVerification, E>
}
