/** The disk of the data directory. Both answers are a sentence for people, or null when all is well. */
export interface Disk {
  /** Whether what is kept free is free: cheap, for every time that something is about to start. */
  shortage(): string | null;
  /** Whether it also takes a write and brings it to the medium. */
  trouble(): string | null;
}
