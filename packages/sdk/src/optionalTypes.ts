/**
 * The types of packages that need not be installed: a program without them compiles, also with
 * `skipLibCheck: false`. Declarations keep doc comments alone, so the directives are such; here
 * both packages are installed, so there is no error to expect.
 */
/* oxlint-disable typescript/ban-ts-comment */
/** @ts-ignore: may not be installed */
export type * as Postgres from "@pandora-exchange/adapters-pg"
/** @ts-ignore: may not be installed */
export type * as Identity from "@pandora-exchange/identity"

/**
 * The type, or nothing without its package. A type that is not found is `any`: only that takes
 * everything and is taken for everything. In tuples, as alone it would make the answer `any`.
 */
export type Installed<T> = [unknown, T] extends [T, 1] ? never : T
