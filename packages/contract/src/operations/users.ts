/** Registration, sign-in, and the caller's own user and second factors. */
import { kycLevels, roles, userStatuses } from "@pandora-exchange/core/IdentityRecords"
import { Schema } from "effect"
import {
  AccountId,
  field,
  matching,
  oneOf,
  optional,
  Secret,
  struct,
  text,
  TimeMs,
  whole
} from "../fields.ts"
import type { Code } from "../failures.ts"
import { operation } from "../operation.ts"

export const UserId = matching(
  /^usr_[A-Za-z0-9_-]{22}$/,
  "a user's id such as usr_AAAAAAAAAAAAAAAAAAAAAA"
).annotate({
  identifier: "UserId",
  description: "A user.",
  examples: ["usr_AAAAAAAAAAAAAAAAAAAAAA"]
})

export const SessionId = matching(
  /^ses_[A-Za-z0-9_-]{22}$/,
  "a session's id such as ses_AAAAAAAAAAAAAAAAAAAAAA"
).annotate({
  identifier: "SessionId",
  description: "A session.",
  examples: ["ses_AAAAAAAAAAAAAAAAAAAAAA"]
})

/** Source: RFC 5321, 4.5.3.1.3. */
export const EmailAddress = text(254).annotate({
  identifier: "EmailAddress",
  examples: ["ann@example.com"]
})

/**
 * Shown to the user and to staff, in lists and mails. Characters that change the text direction or
 * break the line could make one name look like another; invisible ones look like no name at all.
 *
 * Source: UAX #44, `Bidi_Control` and `Default_Ignorable_Code_Point`; U+2800 is the empty Braille
 * pattern.
 */
const displayable =
  /^(?=[\p{Z}\p{C}\p{M}\p{DI}\u2800]*[^\p{Z}\p{C}\p{M}\p{DI}\u2800])[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_C}]{1,100}$/u
const displayableWords =
  "1 to 100 characters, at least one of them visible, without line breaks, control or direction characters"

export const DisplayName = matching(displayable, displayableWords, text(100)).annotate({
  identifier: "DisplayName",
  description: `${displayableWords[0]!.toUpperCase()}${displayableWords.slice(1)}.`
})

/**
 * A WebAuthn object, as its `toJSON` returns it. Its content is between browser and authenticator,
 * and is verified as a whole.
 */
export const WebAuthn = Schema.Record(Schema.String, Schema.Unknown).annotate({
  identifier: "WebAuthn",
  description: "An object of WebAuthn, by its `toJSON`."
})

export const FactorRequest = struct("FactorRequest", "The second factors that are accepted.", {
  methods: field(
    Schema.Array(Schema.Literals(["totp", "passkey", "recoveryCode"])),
    "Any one of these is enough."
  ),
  passkey: field(
    Schema.NullOr(WebAuthn),
    "The argument of `navigator.credentials.get`; null without a passkey."
  )
})

export const TotpProof = struct("TotpProof", "A code of the authenticator app.", {
  kind: field(Schema.Literal("totp"), "Always `totp`."),
  code: field(Secret, "The code. Each counts once.")
})
export const RecoveryCodeProof = struct("RecoveryCodeProof", "A recovery code.", {
  kind: field(Schema.Literal("recoveryCode"), "Always `recoveryCode`."),
  code: field(Secret, "The code. Each counts once.")
})
export const PasskeyProof = struct("PasskeyProof", "The answer of a passkey.", {
  kind: field(Schema.Literal("passkey"), "Always `passkey`."),
  response: field(WebAuthn, "The result of `navigator.credentials.get`, by its `toJSON`.")
})
export const PasswordProof = struct(
  "PasswordProof",
  "The password, for users without a second factor.",
  {
    kind: field(Schema.Literal("password"), "Always `password`."),
    password: field(Secret, "The password.")
  }
)

export const Proof = oneOf("Proof", "A second factor.", [
  TotpProof,
  RecoveryCodeProof,
  PasskeyProof
])
export const StepUpProof = oneOf(
  "StepUpProof",
  "A second factor, or the password of a user who has none.",
  [PasswordProof, TotpProof, RecoveryCodeProof, PasskeyProof]
)

const factorProof = optional(
  Proof,
  "For users with a second factor: `FactorRequired` says which one."
)
const linkToken = field(Secret, "The text after the `#` of the link.")

export const Register = struct("Register", "An email address.", {
  email: field(EmailAddress, "The address.")
})
export const CompleteRegistration = struct("CompleteRegistration", "The user to create.", {
  token: linkToken,
  password: field(Secret, "The new password."),
  name: field(DisplayName, "The user's name.")
})
export const Registered = struct("Registered", "The new user.", {
  user: field(UserId, "The user's id.")
})
export const CompletePasswordReset = struct("CompletePasswordReset", "A new password.", {
  token: linkToken,
  password: field(Secret, "The new password."),
  proof: factorProof
})
export const CompleteEmailChange = struct(
  "CompleteEmailChange",
  "The confirmation of a new address.",
  {
    token: linkToken
  }
)

export const SignIn = struct("SignIn", "What proves who the user is.", {
  email: field(EmailAddress, "The user's address."),
  password: field(Secret, "The password."),
  proof: factorProof
})
export const Tokens = struct("Tokens", "The tokens of a session.", {
  session: field(SessionId, "The session's id."),
  accessToken: field(Schema.String, "For `Authorization: Bearer`."),
  expiresAt: field(TimeMs, "When the access token expires."),
  refreshToken: field(
    Schema.String,
    "Gives the next tokens, and the same again until those are used. Store it as safely as a password."
  )
})
export const Refresh = struct("Refresh", "The refresh token to use.", {
  refreshToken: field(Secret, "The refresh token of the last answer.")
})
export const Session = struct("Session", "A session of the caller.", {
  session: field(SessionId, "The session's id."),
  current: field(Schema.Boolean, "Whether it is the session of this request."),
  createdAt: field(TimeMs, "When it began."),
  refreshedAt: field(TimeMs, "When its tokens were last refreshed."),
  expiresAt: field(TimeMs, "When it ends unless it is refreshed."),
  address: field(Schema.String, "The address from which it began."),
  agent: field(Schema.String, "The client's own description.")
})
export const StepUpBegun = struct("StepUpBegun", "What the proof must be.", {
  factor: field(
    Schema.NullOr(FactorRequest),
    "The factors that are accepted; null where the password is."
  )
})
export const StepUp = struct("StepUp", "A fresh proof.", {
  proof: field(StepUpProof, "The proof.")
})

export const UserAccount = struct("UserAccount", "An account of a user.", {
  account: field(AccountId, "The account's id."),
  label: field(Schema.String, "The user's name for it.")
})
export const User = struct("User", "A user.", {
  user: field(UserId, "The user's id."),
  email: field(Schema.String, "The user's address."),
  name: field(Schema.String, "The user's name."),
  status: field(Schema.Literals(userStatuses), "Whether the user is active."),
  kyc: field(Schema.Literals(kycLevels), "How far the user is verified."),
  roles: field(Schema.Array(Schema.Literals(roles)), "The user's roles."),
  accounts: field(Schema.Array(UserAccount), "The main account first; staff have none."),
  createdAt: field(TimeMs, "When the user was created.")
})
export const Rename = struct("Rename", "A new name.", { name: field(DisplayName, "The name.") })
export const ChangePassword = struct("ChangePassword", "The old password and the new one.", {
  current: field(Secret, "The present password."),
  next: field(Secret, "The new password.")
})
export const ChangeEmail = struct("ChangeEmail", "A new address.", {
  email: field(EmailAddress, "The address.")
})
export const AddAccount = struct("AddAccount", "A sub-account to open.", {
  label: field(DisplayName, "Your name for it.")
})
export const KycBegun = struct("KycBegun", "How verification continues.", {
  kyc: field(Schema.Literals(kycLevels), "How far the user is verified."),
  next: field(
    Schema.NullOr(Schema.String),
    "Where to continue; null while there is nothing to do but wait."
  )
})

export const Passkey = struct("Passkey", "A passkey of the caller.", {
  passkey: field(Schema.String, "Its id, as the authenticator named it."),
  name: field(Schema.String, "The user's name for it."),
  addedAt: field(TimeMs, "When it was added.")
})
export const FactorsOfUser = struct(
  "FactorsOfUser",
  "The caller's second factors.",
  {
    totp: field(Schema.Boolean, "Whether there is a confirmed authenticator app."),
    passkeys: field(Schema.Array(Passkey), "The passkeys."),
    recoveryCodesLeft: field(whole(0), "How many recovery codes are unused.")
  },
  { wire: "Factors" }
)
export const TotpSecret = struct("TotpSecret", "The secret of an authenticator app.", {
  secret: field(Schema.String, "Base32, to type into the app."),
  uri: field(Schema.String, "The same for a QR code.")
})
export const ConfirmTotp = struct("ConfirmTotp", "A code of the new authenticator app.", {
  code: field(Secret, "The code.")
})
export const PasskeyOptions = struct("PasskeyOptions", "How to create a passkey.", {
  options: field(WebAuthn, "The argument of `navigator.credentials.create`.")
})
export const AddPasskey = struct("AddPasskey", "A passkey that was created.", {
  name: field(DisplayName, "Your name for it."),
  response: field(WebAuthn, "The result of `navigator.credentials.create`, by its `toJSON`.")
})
export const RecoveryCodes = struct("RecoveryCodes", "Recovery codes, shown once.", {
  recoveryCodes: field(
    Schema.NullOr(Schema.Array(Schema.String)),
    "The codes; null where there already are some."
  )
})

/** Source: RFC 7517. */
export const KeySet = struct("KeySet", "A JSON Web Key Set.", {
  keys: field(Schema.Array(Schema.Record(Schema.String, Schema.Unknown)), "The public keys.")
})

const store: ReadonlyArray<Code> = ["Busy", "IdentityUnavailable", "RateLimiterUnavailable"]
const guessing: ReadonlyArray<Code> = [...store, "TooManyAttempts"]
const newPassword: ReadonlyArray<Code> = [
  "PasswordTooShort",
  "PasswordTooLong",
  "PasswordTooCommon",
  "PasswordAboutYou"
]
const proven: ReadonlyArray<Code> = [...store, "StepUpRequired"]

export const register = operation("register", {
  doc: "Sends a link to the address. The link creates a user and works for a day.",
  request: Register,
  permission: "public",
  rest: { method: "POST", path: "/v1/registrations", status: 202 },
  fails: [...guessing, "MalformedEmail"]
})

export const completeRegistration = operation("completeRegistration", {
  doc: "Creates the user for whom the link was sent. The link works once.",
  request: CompleteRegistration,
  answer: Registered,
  permission: "public",
  rest: { method: "POST", path: "/v1/registrations/complete", status: 201 },
  fails: [...guessing, "LinkRefused", "MalformedName", ...newPassword, "VenueAccountsUnavailable"]
})

export const requestPasswordReset = operation("requestPasswordReset", {
  doc: "Sends a link to the address, if it has a user. The link works for half an hour.",
  request: Register,
  permission: "public",
  rest: { method: "POST", path: "/v1/password-resets", status: 202 },
  fails: [...guessing, "MalformedEmail"]
})

export const completePasswordReset = operation("completePasswordReset", {
  doc: "Sets the new password and ends all sessions. The link works once.",
  request: CompletePasswordReset,
  permission: "public",
  rest: { method: "POST", path: "/v1/password-resets/complete", status: 204 },
  fails: [...guessing, "LinkRefused", ...newPassword, "FactorRequired", "FactorRefused"]
})

export const completeEmailChange = operation("completeEmailChange", {
  doc: "Confirms the new address with the link that was sent to it. The link works once.",
  request: CompleteEmailChange,
  permission: "public",
  rest: { method: "POST", path: "/v1/email-changes/complete", status: 204 },
  fails: [...guessing, "LinkRefused"]
})

export const signIn = operation("signIn", {
  doc: "Signs in.",
  request: SignIn,
  answer: Tokens,
  permission: "public",
  rest: { method: "POST", path: "/v1/sessions", status: 201 },
  fails: [...guessing, "SignInRefused", "FactorRequired", "FactorRefused"]
})

export const refresh = operation("refresh", {
  doc: "Returns the next tokens of the session. Using a refresh token twice ends the session.",
  request: Refresh,
  answer: Tokens,
  permission: "public",
  rest: { method: "POST", path: "/v1/sessions/refresh" },
  fails: [...guessing, "RefreshRefused", "RefreshedAlready"]
})

export const sessions = operation("sessions", {
  doc: "Lists the caller's active sessions.",
  answer: Schema.Struct({ data: Schema.Array(Session) }),
  permission: "self",
  rest: { method: "GET", path: "/v1/sessions" },
  fails: []
})

export const endSession = operation("endSession", {
  doc: "Ends one of the caller's sessions. End the current one to sign out.",
  request: struct("EndSession", "Names a session.", {
    session: field(SessionId, "The session's id.")
  }),
  permission: "self",
  rest: { method: "DELETE", path: "/v1/sessions/:session", status: 204 },
  fails: ["UnknownSession"]
})

export const endOtherSessions = operation("endOtherSessions", {
  doc: "Ends all of the caller's sessions except this one.",
  permission: "self",
  rest: { method: "DELETE", path: "/v1/sessions", status: 204 },
  fails: store
})

export const beginStepUp = operation("beginStepUp", {
  doc: "Says which proof a step-up takes.",
  answer: StepUpBegun,
  permission: "self",
  rest: { method: "POST", path: "/v1/sessions/step-up/begin" },
  fails: store
})

export const stepUp = operation("stepUp", {
  doc: "Takes a fresh proof and replaces the session with one that has it.",
  request: StepUp,
  answer: Tokens,
  permission: "self",
  rest: { method: "POST", path: "/v1/sessions/step-up", status: 201 },
  fails: [...guessing, "FactorRefused", "SignInRefused"]
})

export const user = operation("user", {
  doc: "Returns the caller's user.",
  answer: User,
  permission: "self",
  rest: { method: "GET", path: "/v1/user" },
  fails: []
})

export const rename = operation("rename", {
  doc: "Changes the caller's name.",
  request: Rename,
  permission: "self",
  rest: { method: "PATCH", path: "/v1/user", status: 204 },
  fails: [...store, "MalformedName", "AccountFrozen"]
})

export const closeUser = operation("closeUser", {
  doc: "Closes the caller's user for good. Needs a fresh proof, and accounts with nothing left in them.",
  permission: "self",
  rest: { method: "DELETE", path: "/v1/user", status: 204 },
  fails: [...proven, "FundsLeft", "AccountFrozen", "VenueAccountsUnavailable"]
})

export const changePassword = operation("changePassword", {
  doc: "Changes the password and ends all other sessions. Needs a fresh proof.",
  request: ChangePassword,
  permission: "self",
  rest: { method: "POST", path: "/v1/user/password", status: 204 },
  fails: [...proven, "TooManyAttempts", "SignInRefused", ...newPassword]
})

export const changeEmail = operation("changeEmail", {
  doc: "Sends a link to the new address, which counts once the link is confirmed. Needs a fresh proof.",
  request: ChangeEmail,
  permission: "self",
  rest: { method: "POST", path: "/v1/user/email", status: 202 },
  fails: [...proven, "TooManyAttempts", "MalformedEmail", "AccountFrozen"]
})

export const addAccount = operation("addAccount", {
  doc: "Opens a sub-account.",
  request: AddAccount,
  answer: UserAccount,
  // Staff and frozen users have no use for one.
  permission: "trade",
  rest: { method: "POST", path: "/v1/user/accounts", status: 201 },
  fails: [
    ...store,
    "MalformedName",
    "AccountFrozen",
    "NoAccount",
    "TooManySubAccounts",
    "VenueAccountsUnavailable"
  ]
})

export const beginKyc = operation("beginKyc", {
  doc: "Starts the verification that withdrawals need.",
  answer: KycBegun,
  permission: "self",
  rest: { method: "POST", path: "/v1/user/kyc" },
  fails: [...store, "KycUnderWay", "KycUnavailable"]
})

export const factors = operation("factors", {
  doc: "Lists the caller's second factors.",
  answer: FactorsOfUser,
  permission: "self",
  rest: { method: "GET", path: "/v1/user/factors" },
  fails: []
})

export const beginTotp = operation("beginTotp", {
  doc: "Starts adding an authenticator app. It counts once a code is confirmed; starting again makes another secret.",
  answer: TotpSecret,
  permission: "self",
  rest: { method: "POST", path: "/v1/user/factors/totp" },
  fails: [...proven, "TotpPresent"]
})

export const confirmTotp = operation("confirmTotp", {
  doc: "Confirms the authenticator app with a code and ends all other sessions.",
  request: ConfirmTotp,
  answer: RecoveryCodes,
  permission: "self",
  rest: { method: "POST", path: "/v1/user/factors/totp/confirm" },
  fails: [...proven, "TooManyAttempts", "TotpMissing", "TotpPresent", "FactorRefused"]
})

export const removeTotp = operation("removeTotp", {
  doc: "Removes the authenticator app and ends all other sessions.",
  permission: "self",
  rest: { method: "DELETE", path: "/v1/user/factors/totp", status: 204 },
  fails: [...proven, "TotpMissing", "PasswordTooShortAlone"]
})

export const beginPasskey = operation("beginPasskey", {
  doc: "Starts adding a passkey.",
  answer: PasskeyOptions,
  permission: "self",
  rest: { method: "POST", path: "/v1/user/factors/passkeys/begin" },
  fails: [...proven, "TooManyPasskeys"]
})

export const addPasskey = operation("addPasskey", {
  doc: "Adds the passkey that was started and ends all other sessions.",
  request: AddPasskey,
  answer: RecoveryCodes,
  permission: "self",
  rest: { method: "POST", path: "/v1/user/factors/passkeys", status: 201 },
  fails: [...proven, "MalformedName", "PasskeyRefused"]
})

export const removePasskey = operation("removePasskey", {
  doc: "Removes a passkey and ends all other sessions.",
  request: struct("RemovePasskey", "Names a passkey.", {
    passkey: field(
      matching(/^[A-Za-z0-9_-]{1,1400}$/, "a passkey's id: 1 to 1400 of A-Z a-z 0-9 _ -"),
      "The passkey's id."
    )
  }),
  permission: "self",
  rest: { method: "DELETE", path: "/v1/user/factors/passkeys/:passkey", status: 204 },
  fails: [...proven, "UnknownPasskey", "PasswordTooShortAlone"]
})

export const newRecoveryCodes = operation("newRecoveryCodes", {
  doc: "Makes new recovery codes, cancels the old ones and ends all other sessions.",
  answer: RecoveryCodes,
  permission: "self",
  rest: { method: "POST", path: "/v1/user/factors/recovery-codes", status: 201 },
  fails: [...proven, "TotpMissing"]
})

export const keySet = operation("keySet", {
  doc: "Returns the public keys of access tokens. A key is listed here before it signs.",
  answer: KeySet,
  permission: "public",
  rest: { method: "GET", path: "/.well-known/jwks.json" },
  fails: ["IdentityUnavailable"]
})
