/**
 * An event cannot follow on the events before it: this is not one journal, or something in it is
 * damaged.
 */
export class Contradiction extends Error {
  override readonly name = "Contradiction"
}
