/** Words of `User-Agent` and what they stand for; the first that is there counts. */
type Known = ReadonlyArray<readonly [word: string, name: string]>

/** Those built on others name the others too, so they come first. */
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
 * The browser and the system that a `User-Agent` names, such as `Firefox on Windows`; `undefined`
 * unless both are known. No text of the caller's own is in it, so that nobody writes to users in
 * our name.
 */
export const deviceOf = (agent: string): string | undefined => {
  const browser = nameIn(agent, browsers)
  const system = nameIn(agent, systems)
  return browser === undefined || system === undefined ? undefined : `${browser} on ${system}`
}

const nameIn = (agent: string, known: Known): string | undefined =>
  known.find(([word]) => agent.includes(word))?.[1]
