/**
 * Begins together what arrives in one turn of the event loop, so that its commands go to the venue
 * as one message, and not each as one: 30 us of processor time for every order.
 */
export class TurnQueue {
  private arrived: Array<() => void> = []

  add(begin: () => void): void {
    if (this.arrived.push(begin) === 1) setImmediate(() => this.beginAll())
  }

  private beginAll(): void {
    const all = this.arrived
    this.arrived = []
    for (const begin of all) begin()
  }
}
