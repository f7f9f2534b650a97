/**
 * The port: what every face of an exchange calls. Printed from the declarations by `npm run
 * contract`.
 */

import type { Effect } from "effect"
import type { Principal } from "../Principal.ts"
import type {
  AccountInfo,
  AccountName,
  AccountTerms,
  AccountTermsOf,
  AmendOrder,
  AmendedOrder,
  Asset,
  Balance,
  BalancesOf,
  BatchAnswer,
  CancelAfter,
  CancelAfterInfo,
  CancelAll,
  CancelList,
  CancelOrder,
  CancelledOrder,
  CancelledOrders,
  Conservation,
  Depth,
  DepthOf,
  Done,
  FeeTier,
  FeeTiersOf,
  HoldInfo,
  HoldsOf,
  LastPrice,
  LastPriceOf,
  ListAsset,
  ListMarket,
  MarketInfo,
  MarketOf,
  MarketRules,
  MarketRulesOf,
  OpenAccount,
  OpenHold,
  OpenList,
  OpenListsOf,
  OpenOrder,
  OpenOrderOf,
  OpenOrders,
  Order,
  OrderBatch,
  OrderOf,
  OrderPreview,
  PlaceList,
  PlaceOrder,
  PlacedList,
  PlacedOrder,
  ReferencedAmount,
  ReleaseHold,
  ReplaceOrder,
  ReplacedOrder,
  Reversed,
  SetAccountTerms,
  SetMarketFees,
  SetMarketRules,
  SetMarketStatus,
  SetPrice,
  SettleHold,
  SourceName,
  Transfer
} from "./sdk.ts"
import type {
  AccountFill,
  AddAccount,
  AddPasskey,
  AuditEntry,
  AuditPage,
  AuditVerification,
  ChangeEmail,
  ChangePassword,
  CompleteEmailChange,
  CompletePasswordReset,
  CompleteRegistration,
  ConfirmTotp,
  DecideKyc,
  EndSession,
  FactorsOfUser,
  Fills,
  KeySet,
  KycBegun,
  LedgerEntries,
  LedgerEntry,
  Live,
  Me,
  Orders,
  PasskeyOptions,
  Readiness,
  RecoveryCodes,
  Refresh,
  Register,
  Registered,
  RemovePasskey,
  Rename,
  Session,
  SetRoles,
  SignIn,
  StepUp,
  StepUpBegun,
  Tokens,
  TotpSecret,
  Trade,
  Trades,
  User,
  UserAccount,
  UserNamed,
  UsersPage
} from "./server.ts"

/** What an exchange can do by itself. */
export interface ExchangeOperations<E> {
  /** Returns an account by its number or reference, or `undefined` when there is none. */
  readonly account: (principal: Principal, request: AccountName) => Effect.Effect<AccountInfo | undefined, E>
  /** Returns an account's fee tier and trade group, and when its timer cancels its orders. */
  readonly accountTerms: (principal: Principal, request: AccountTermsOf) => Effect.Effect<AccountTerms, E>
  /** Changes the price or the quantity of an open order, named by its id or by your own. */
  readonly amend: (principal: Principal, request: AmendOrder) => Effect.Effect<AmendedOrder, E>
  /** Lists all assets. */
  readonly assets: (principal: Principal, request: undefined) => Effect.Effect<{
    readonly data: ReadonlyArray<Asset>
    /** The command of the journal that the answer reflects. */
    readonly sequence: number
  }, E>
  /** Lists what the account has: an asset of which it has nothing is left out. */
  readonly balances: (principal: Principal, request: BalancesOf) => Effect.Effect<{
    readonly data: ReadonlyArray<Balance>
    /** The command of the journal that the answer reflects. */
    readonly sequence: number
  }, E>
  /**
   * Places, amends, replaces and cancels up to 100 orders of one account, in order. Each item is
   * done on its own: a refusal stops no other, and comes in its place.
   */
  readonly batch: (principal: Principal, request: OrderBatch) => Effect.Effect<BatchAnswer, E>
  /** Cancels an open order, by its id or by your own. */
  readonly cancel: (principal: Principal, request: CancelOrder) => Effect.Effect<CancelledOrder, E>
  /**
   * Cancels every open order after a delay, unless it is called again before: a dead man's switch.
   */
  readonly cancelAfter: (principal: Principal, request: CancelAfter) => Effect.Effect<CancelAfterInfo, E>
  /** Cancels every open order, in one market or in all, of one side or of both. */
  readonly cancelAll: (principal: Principal, request: CancelAll) => Effect.Effect<CancelledOrders, E>
  /** Cancels the open orders of a list, by its id or by your own. */
  readonly cancelList: (principal: Principal, request: CancelList) => Effect.Effect<CancelledOrders, E>
  /** Compares, for each asset, what came in with what all accounts have. */
  readonly conservation: (principal: Principal, request: undefined) => Effect.Effect<{
    readonly data: ReadonlyArray<Conservation>
    /** The command of the journal that the answer reflects. */
    readonly sequence: number
  }, E>
  /** Brings an amount in from outside. */
  readonly credit: (principal: Principal, request: ReferencedAmount) => Effect.Effect<Done, E>
  /** Returns the best price levels of both sides of the book. */
  readonly depth: (principal: Principal, request: DepthOf) => Effect.Effect<Depth, E>
  /** Lists the fees of each tier that has fees of its own in a market; tier 0 always has. */
  readonly feeTiers: (principal: Principal, request: FeeTiersOf) => Effect.Effect<{
    readonly data: ReadonlyArray<FeeTier>
    /** The command of the journal that the answer reflects. */
    readonly sequence: number
  }, E>
  /** Sets an amount aside, for instance for a withdrawal. */
  readonly hold: (principal: Principal, request: ReferencedAmount) => Effect.Effect<HoldInfo, E>
  /**
   * Lists the amounts that are set aside now, oldest first. What open orders hold is not among them.
   */
  readonly holds: (principal: Principal, request: HoldsOf) => Effect.Effect<{
    readonly data: ReadonlyArray<OpenHold>
    /** The command of the journal that the answer reflects. */
    readonly sequence: number
  }, E>
  /** Returns the price of the last trade, and the prices from outside the book. */
  readonly lastPrice: (principal: Principal, request: LastPriceOf) => Effect.Effect<LastPrice, E>
  /** Lists an asset. */
  readonly listAsset: (principal: Principal, request: ListAsset) => Effect.Effect<Asset, E>
  /** Lists a market of two listed assets. */
  readonly listMarket: (principal: Principal, request: ListMarket) => Effect.Effect<MarketInfo, E>
  /** Returns one market with its terms. */
  readonly market: (principal: Principal, request: MarketOf) => Effect.Effect<MarketInfo, E>
  /** Returns the rules of a market, in the form in which `setMarketRules` takes them. */
  readonly marketRules: (principal: Principal, request: MarketRulesOf) => Effect.Effect<MarketRules, E>
  /** Lists all markets with their terms. */
  readonly markets: (principal: Principal, request: undefined) => Effect.Effect<{
    readonly data: ReadonlyArray<MarketInfo>
    /** The command of the journal that the answer reflects. */
    readonly sequence: number
  }, E>
  /** Opens an account. With a reference that has one, returns that. */
  readonly openAccount: (principal: Principal, request: OpenAccount) => Effect.Effect<AccountInfo, E>
  /** Lists the order lists that have open orders, oldest first. */
  readonly openLists: (principal: Principal, request: OpenListsOf) => Effect.Effect<{
    readonly data: ReadonlyArray<OpenList>
    /** The command of the journal that the answer reflects. */
    readonly sequence: number
  }, E>
  /** Returns one open order, or `undefined` when the account has none with that id. */
  readonly openOrder: (principal: Principal, request: OpenOrderOf) => Effect.Effect<OpenOrder | undefined, E>
  /** Lists open orders as the venue has them, oldest first. */
  readonly openOrders: (principal: Principal, request: OpenOrders) => Effect.Effect<{
    readonly data: ReadonlyArray<OpenOrder>
    /** The command of the journal that the answer reflects. */
    readonly sequence: number
  }, E>
  /**
   * Returns one order, open or ended, with its end reason, fills and fees. A server reads it from
   * its history. The SDK reads it from the journal, which takes longer the older the order is, and
   * finds ended orders by `order` only.
   */
  readonly order: (principal: Principal, request: OrderOf) => Effect.Effect<Order, E>
  /** Places an order and answers when it is durable. */
  readonly place: (principal: Principal, request: PlaceOrder) => Effect.Effect<PlacedOrder, E>
  /**
   * Places orders that depend on each other: OCO, OTO, OTOCO. The waiting orders of an OTO or OTOCO
   * begin when the first order is filled in full. If it ends in any other way, they end with it,
   * even if most of it was filled: what it brought has no exit then.
   */
  readonly placeList: (principal: Principal, request: PlaceList) => Effect.Effect<PlacedList, E>
  /** Says what placing an order would come to now, by the code that executes. Nothing changes. */
  readonly preview: (principal: Principal, request: PlaceOrder) => Effect.Effect<OrderPreview, E>
  /** Ends a hold: the amount is available again. */
  readonly releaseHold: (principal: Principal, request: ReleaseHold) => Effect.Effect<Done, E>
  /**
   * Cancels an open order and places another one in its market. The cancel stands even if the new
   * one is refused.
   */
  readonly replace: (principal: Principal, request: ReplaceOrder) => Effect.Effect<ReplacedOrder, E>
  /** Takes a credit back, as far as it is there. The account owes the rest. */
  readonly reverse: (principal: Principal, request: ReferencedAmount) => Effect.Effect<Reversed, E>
  /** Sets an account's fee tier and trade group. */
  readonly setAccountTerms: (principal: Principal, request: SetAccountTerms) => Effect.Effect<Done, E>
  /** Sets a market's fees, for orders that are accepted from now on. */
  readonly setMarketFees: (principal: Principal, request: SetMarketFees) => Effect.Effect<Done, E>
  /** Sets all rules of a market at once. */
  readonly setMarketRules: (principal: Principal, request: SetMarketRules) => Effect.Effect<Done, E>
  /** Opens, restricts or halts a market. */
  readonly setMarketStatus: (principal: Principal, request: SetMarketStatus) => Effect.Effect<Done, E>
  /** Tells the exchange a price from outside the book. */
  readonly setPrice: (principal: Principal, request: SetPrice) => Effect.Effect<Done, E>
  /** Ends a hold: the amount leaves, and its `fee` goes to the house. */
  readonly settleHold: (principal: Principal, request: SettleHold) => Effect.Effect<Done, E>
  /** Returns the last number that the source used, 0 when it used none: the next one may be sent. */
  readonly sourceNumber: (principal: Principal, request: SourceName) => Effect.Effect<number, E>
  /**
   * Hashes the whole state with SHA-256: equal states have equal hashes. Takes time in proportion to
   * the open orders.
   */
  readonly stateHash: (principal: Principal, request: undefined) => Effect.Effect<string, E>
  /** Moves an amount from one account to another. */
  readonly transfer: (principal: Principal, request: Transfer) => Effect.Effect<Done, E>
}

/** What only a server can do: it has users, a history and an address. */
export interface ServerOperations<E> {
  /** Opens a sub-account. */
  readonly addAccount: (principal: Principal, request: AddAccount) => Effect.Effect<UserAccount, E>
  /** Adds the passkey that was started and ends all other sessions. */
  readonly addPasskey: (principal: Principal, request: AddPasskey) => Effect.Effect<RecoveryCodes, E>
  /** Lists who did what to whom, oldest first. */
  readonly auditEntries: (principal: Principal, request: AuditPage) => Effect.Effect<{
    readonly data: ReadonlyArray<AuditEntry>
    /** The cursor of the next page; null at the end. */
    readonly next: string | null
  }, E>
  /** Starts the verification that withdrawals need. */
  readonly beginKyc: (principal: Principal, request: undefined) => Effect.Effect<KycBegun, E>
  /** Starts adding a passkey. */
  readonly beginPasskey: (principal: Principal, request: undefined) => Effect.Effect<PasskeyOptions, E>
  /** Says which proof a step-up takes. */
  readonly beginStepUp: (principal: Principal, request: undefined) => Effect.Effect<StepUpBegun, E>
  /**
   * Starts adding an authenticator app. It counts once a code is confirmed; starting again makes
   * another secret.
   */
  readonly beginTotp: (principal: Principal, request: undefined) => Effect.Effect<TotpSecret, E>
  /**
   * Sends a link to the new address, which counts once the link is confirmed. Needs a fresh proof.
   */
  readonly changeEmail: (principal: Principal, request: ChangeEmail) => Effect.Effect<void, E>
  /** Changes the password and ends all other sessions. Needs a fresh proof. */
  readonly changePassword: (principal: Principal, request: ChangePassword) => Effect.Effect<void, E>
  /**
   * Closes the caller's user for good. Needs a fresh proof, and accounts with nothing left in them.
   */
  readonly closeUser: (principal: Principal, request: undefined) => Effect.Effect<void, E>
  /** Confirms the new address with the link that was sent to it. The link works once. */
  readonly completeEmailChange: (principal: Principal, request: CompleteEmailChange) => Effect.Effect<void, E>
  /** Sets the new password and ends all sessions. The link works once. */
  readonly completePasswordReset: (principal: Principal, request: CompletePasswordReset) => Effect.Effect<void, E>
  /** Creates the user for whom the link was sent. The link works once. */
  readonly completeRegistration: (principal: Principal, request: CompleteRegistration) => Effect.Effect<Registered, E>
  /** Confirms the authenticator app with a code and ends all other sessions. */
  readonly confirmTotp: (principal: Principal, request: ConfirmTotp) => Effect.Effect<RecoveryCodes, E>
  /** Decides about a user whose verification is pending. */
  readonly decideKyc: (principal: Principal, request: DecideKyc) => Effect.Effect<User, E>
  /** Ends all of the caller's sessions except this one. */
  readonly endOtherSessions: (principal: Principal, request: undefined) => Effect.Effect<void, E>
  /** Ends one of the caller's sessions. End the current one to sign out. */
  readonly endSession: (principal: Principal, request: EndSession) => Effect.Effect<void, E>
  /** Lists the caller's second factors. */
  readonly factors: (principal: Principal, request: undefined) => Effect.Effect<FactorsOfUser, E>
  /** Lists the account's own trades. */
  readonly fills: (principal: Principal, request: Fills) => Effect.Effect<{
    readonly data: ReadonlyArray<AccountFill>
    /** The cursor of the next page; null at the end. */
    readonly next: string | null
    /** The command of the journal that the answer reflects. */
    readonly sequence: number
  }, E>
  /** Freezes a user, who can then look at everything and move nothing. */
  readonly freezeUser: (principal: Principal, request: UserNamed) => Effect.Effect<User, E>
  /** Returns the public keys of access tokens. A key is listed here before it signs. */
  readonly keySet: (principal: Principal, request: undefined) => Effect.Effect<KeySet, E>
  /** Lists every change of the account's balances. */
  readonly ledgerEntries: (principal: Principal, request: LedgerEntries) => Effect.Effect<{
    readonly data: ReadonlyArray<LedgerEntry>
    /** The cursor of the next page; null at the end. */
    readonly next: string | null
    /** The command of the journal that the answer reflects. */
    readonly sequence: number
  }, E>
  /** Answers while the process is running. */
  readonly live: (principal: Principal, request: undefined) => Effect.Effect<Live, E>
  /** Returns who the caller is and what the token permits. */
  readonly me: (principal: Principal, request: undefined) => Effect.Effect<Me, E>
  /** Makes new recovery codes, cancels the old ones and ends all other sessions. */
  readonly newRecoveryCodes: (principal: Principal, request: undefined) => Effect.Effect<RecoveryCodes, E>
  /** Lists orders, open and ended. */
  readonly orders: (principal: Principal, request: Orders) => Effect.Effect<{
    readonly data: ReadonlyArray<Order>
    /** The cursor of the next page; null at the end. */
    readonly next: string | null
    /** The command of the journal that the answer reflects. */
    readonly sequence: number
  }, E>
  /** Says whether orders are accepted, and what is wrong. Status 503 if they are not. */
  readonly ready: (principal: Principal, request: undefined) => Effect.Effect<Readiness, E>
  /** Returns the next tokens of the session. Using a refresh token twice ends the session. */
  readonly refresh: (principal: Principal, request: Refresh) => Effect.Effect<Tokens, E>
  /** Sends a link to the address. The link creates a user and works for a day. */
  readonly register: (principal: Principal, request: Register) => Effect.Effect<void, E>
  /** Removes a passkey and ends all other sessions. */
  readonly removePasskey: (principal: Principal, request: RemovePasskey) => Effect.Effect<void, E>
  /** Removes the authenticator app and ends all other sessions. */
  readonly removeTotp: (principal: Principal, request: undefined) => Effect.Effect<void, E>
  /** Changes the caller's name. */
  readonly rename: (principal: Principal, request: Rename) => Effect.Effect<void, E>
  /** Sends a link to the address, if it has a user. The link works for half an hour. */
  readonly requestPasswordReset: (principal: Principal, request: Register) => Effect.Effect<void, E>
  /** Lists the caller's active sessions. */
  readonly sessions: (principal: Principal, request: undefined) => Effect.Effect<{
    readonly data: ReadonlyArray<Session>
  }, E>
  /** Sets a user's roles and ends the user's sessions. Needs a fresh proof. */
  readonly setRoles: (principal: Principal, request: SetRoles) => Effect.Effect<User, E>
  /** Signs in. */
  readonly signIn: (principal: Principal, request: SignIn) => Effect.Effect<Tokens, E>
  /** Takes a fresh proof and replaces the session with one that has it. */
  readonly stepUp: (principal: Principal, request: StepUp) => Effect.Effect<Tokens, E>
  /** Lists the trades of a market. */
  readonly trades: (principal: Principal, request: Trades) => Effect.Effect<{
    readonly data: ReadonlyArray<Trade>
    /** The cursor of the next page; null at the end. */
    readonly next: string | null
    /** The command of the journal that the answer reflects. */
    readonly sequence: number
  }, E>
  /** Gives a frozen user all rights again. */
  readonly unfreezeUser: (principal: Principal, request: UserNamed) => Effect.Effect<User, E>
  /** Returns the caller's user. */
  readonly user: (principal: Principal, request: undefined) => Effect.Effect<User, E>
  /** Returns one user. */
  readonly userNamed: (principal: Principal, request: UserNamed) => Effect.Effect<User, E>
  /** Lists all users in the order of their ids. */
  readonly users: (principal: Principal, request: UsersPage) => Effect.Effect<{
    readonly data: ReadonlyArray<User>
    /** The cursor of the next page; null at the end. */
    readonly next: string | null
  }, E>
  /** Reads the whole audit trail and says whether it was altered. */
  readonly verifyAudit: (principal: Principal, request: undefined) => Effect.Effect<AuditVerification, E>
}

/** Everything that can be asked. */
export interface Operations<E> extends ExchangeOperations<E>, ServerOperations<E> {}
