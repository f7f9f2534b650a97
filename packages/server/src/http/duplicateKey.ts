/**
 * Finds the first key that an object in the JSON text has twice. `JSON.parse` takes the last one,
 * others take the first: nobody should have to guess.
 */
export const duplicateKey = (json: string): string | undefined => {
  /** The keys of the open objects; `undefined` for arrays. */
  const open: Array<Set<string> | undefined> = []
  for (let at = 0; at < json.length; at++) {
    switch (json[at]) {
      case "{":
        open.push(new Set())
        break
      case "[":
        open.push(undefined)
        break
      case "}":
      case "]":
        open.pop()
        break
      case '"': {
        const end = endOfString(json, at)
        if (nextOf(json, end) === ":") {
          const key = JSON.parse(json.slice(at, end)) as string
          const keys = open.at(-1)!
          if (keys.has(key)) return key
          keys.add(key)
        }
        at = end - 1
      }
    }
  }
  return undefined
}

/** After the closing quote. */
const endOfString = (json: string, from: number): number => {
  let at = from + 1
  while (json[at] !== '"') at += json[at] === "\\" ? 2 : 1
  return at + 1
}

/** The first character that is not a space. */
const nextOf = (json: string, from: number): string | undefined => {
  let at = from
  while (json[at] === " " || json[at] === "\n" || json[at] === "\r" || json[at] === "\t") at++
  return json[at]
}
