/** What the engine's programs are told on the command line. */
export const stop = (problem: string): never => {
  console.error(problem)
  process.exit(1)
}

export const count = (name: string, text: string): number => {
  if (!/^[1-9]\d{0,8}$/.test(text)) stop(`--${name} is a whole number from 1 to 999999999, not "${text}".`)
  return Number(text)
}
