/** A passkey in software: an ES256 key that signs what a browser gives it. */
import { createHash, generateKeyPairSync, randomBytes, sign } from "node:crypto"

export interface Options {
  readonly origin?: string
  readonly userVerified?: boolean
  readonly counter?: number
  /** Attests itself ("packed") instead of staying silent about its maker. */
  readonly selfAttested?: boolean
}

export class SoftwareAuthenticator {
  readonly id = randomBytes(16)
  private readonly keys = generateKeyPairSync("ec", { namedCurve: "P-256" })
  private counter = 0

  /** What `navigator.credentials.create` returns. */
  create({ challenge, rp }: any, options: Options = {}) {
    const {
      origin = "https://pandora.example",
      selfAttested = false,
      userVerified = true
    } = options
    const { x, y } = this.keys.publicKey.export({ format: "jwk" })
    const publicKey = cborMap([
      [1, 2],
      [3, -7],
      [-1, 1],
      [-2, Buffer.from(x!, "base64url")],
      [-3, Buffer.from(y!, "base64url")]
    ])
    const length = Buffer.alloc(2)
    length.writeUInt16BE(this.id.length)
    const attested = Buffer.concat([Buffer.alloc(16), length, this.id, publicKey])
    const authData = Buffer.concat([this.authData(rp.id, 0x40, userVerified, 0), attested])
    const clientDataJSON = clientData("webauthn.create", challenge, origin)
    const statement: ReadonlyArray<readonly [Cbor, Cbor]> = selfAttested
      ? [
          ["alg", -7],
          ["sig", this.signed(authData, clientDataJSON)]
        ]
      : []
    return this.credential({
      clientDataJSON,
      attestationObject: cborMap([
        ["fmt", selfAttested ? "packed" : "none"],
        ["attStmt", new Map(statement)],
        ["authData", authData]
      ]).toString("base64url")
    })
  }

  /** What `navigator.credentials.get` returns. */
  get({ challenge, rpId }: any, options: Options = {}) {
    const { origin = "https://pandora.example", userVerified = true } = options
    const clientDataJSON = clientData("webauthn.get", challenge, origin)
    const authenticatorData = this.authData(
      rpId,
      0,
      userVerified,
      options.counter ?? ++this.counter
    )
    const signature = this.signed(authenticatorData, clientDataJSON)
    return this.credential({
      clientDataJSON,
      authenticatorData: authenticatorData.toString("base64url"),
      signature: signature.toString("base64url")
    })
  }

  private signed(authData: Buffer, clientDataJSON: string): Buffer {
    const hash = createHash("sha256").update(Buffer.from(clientDataJSON, "base64url")).digest()
    return sign("sha256", Buffer.concat([authData, hash]), this.keys.privateKey)
  }

  private credential<R>(response: R) {
    const id = this.id.toString("base64url")
    return { id, rawId: id, type: "public-key", clientExtensionResults: {}, response } as const
  }

  private authData(rpId: string, flags: number, userVerified: boolean, counter: number): Buffer {
    const head = Buffer.alloc(5)
    head[0] = flags | 0x01 | (userVerified ? 0x04 : 0)
    head.writeUInt32BE(counter, 1)
    return Buffer.concat([createHash("sha256").update(rpId).digest(), head])
  }
}

const clientData = (type: string, challenge: string, origin: string): string =>
  Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false })).toString("base64url")

type Cbor = number | string | Uint8Array | ReadonlyMap<Cbor, Cbor>

const cborMap = (entries: ReadonlyArray<readonly [Cbor, Cbor]>): Buffer => cbor(new Map(entries))

/** As much of CBOR (RFC 8949) as an authenticator needs. */
const cbor = (value: Cbor): Buffer => {
  if (typeof value === "number") return value >= 0 ? head(0, value) : head(1, -1 - value)
  if (typeof value === "string")
    return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)])
  if (value instanceof Uint8Array) return Buffer.concat([head(2, value.length), value])
  return Buffer.concat([
    head(5, value.size),
    ...[...value].flatMap(([key, value]) => [cbor(key), cbor(value)])
  ])
}

const head = (major: number, value: number): Buffer => {
  if (value < 24) return Buffer.of((major << 5) | value)
  if (value < 256) return Buffer.of((major << 5) | 24, value)
  return Buffer.of((major << 5) | 25, value >> 8, value & 0xff)
}
