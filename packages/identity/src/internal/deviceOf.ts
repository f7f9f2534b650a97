/** Tokens found in `User-Agent` and what they stand for. The first match wins. */
type Known = ReadonlyArray<readonly [word: string, name: string]>

/** Browsers built on others also name those, so they come first. */
const browsers: Known = [
  ["Edg/", "Edge"],
  ["EdgA/", "Edge"],
  ["EdgiOS/", "Edge"],
  ["OPR/", "Opera"],
  ["SamsungBrowser/", "Samsung Internet"],
  ["Firefox/", "Firefox"],
  ["FxiOS/", "Firefox"],
  ["CriOS/", "Chrome"],
  ["Chrome/", "Chrome"],
  ["Safari/", "Safari"]
]
const systems: Known = [
  ["iPhone", "an iPhone"],
  ["iPad", "an iPad"],
  ["Android", "Android"],
  ["CrOS", "ChromeOS"],
  ["Windows NT", "Windows"],
  ["Macintosh", "a Mac"],
  ["Linux", "Linux"]
]

/**
 * Returns the browser and system named by a `User-Agent`, such as `Firefox on Windows`, or
 * `undefined` unless both are known. It never contains text from the caller, so nobody can send
 * words to users in our name.
 */
export const deviceOf = (agent: string): string | undefined => {
  const browser = nameIn(agent, browsers)
  const system = nameIn(agent, systems)
  return browser === undefined || system === undefined ? undefined : `${browser} on ${system}`
}

const nameIn = (agent: string, known: Known): string | undefined =>
  known.find(([word]) => agent.includes(word))?.[1]
