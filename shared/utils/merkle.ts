import { type Digest, joinedBytes } from './credit-chain.ts'

/** The hash of one entry, marked so that no node can pass for an entry (RFC 6962). */
export async function merkleLeaf(entry: Uint8Array, digest: Digest): Promise<Uint8Array> {
  return digest(joinedBytes(Uint8Array.of(0), entry))
}

/** Root of a tree over hashed entries, and for each the way up to it: its neighbours from the leaf on. A node without neighbour goes up as it is. */
export async function merkleTree(leaves: readonly Uint8Array[], digest: Digest): Promise<{ root: Uint8Array, paths: Uint8Array[][] }> {
  const paths: Uint8Array[][] = leaves.map(() => [])
  let level = [...leaves]
  for (let height = 0; level.length > 1; height++) {
    for (const [leaf, path] of paths.entries()) {
      const neighbour = level[Math.floor(leaf / 2 ** height) ^ 1]
      if (neighbour) path.push(neighbour)
    }
    const above: Uint8Array[] = []
    for (let at = 0; at < level.length; at += 2)
      above.push(at + 1 < level.length ? await merkleNode(level[at]!, level[at + 1]!, digest) : level[at]!)
    level = above
  }
  return { root: level[0] ?? await digest(new Uint8Array()), paths }
}

/** The root that an entry's hash leads to by its path, or null where the path does not fit the place and size of the tree. */
export async function merkleRoot(leaf: Uint8Array, place: number, size: number, path: readonly Uint8Array[], digest: Digest): Promise<Uint8Array | null> {
  if (!(place >= 0 && place < size)) return null
  let [node, at, last, used] = [leaf, place, size - 1, 0]
  for (; last > 0; at = Math.floor(at / 2), last = Math.floor(last / 2)) {
    if (at === last && at % 2 === 0) continue
    const neighbour = path[used++]
    if (!neighbour) return null
    node = at % 2 ? await merkleNode(neighbour, node, digest) : await merkleNode(node, neighbour, digest)
  }
  return used === path.length ? node : null
}

function merkleNode(left: Uint8Array, right: Uint8Array, digest: Digest) {
  return digest(joinedBytes(Uint8Array.of(1), left, right))
}

/** The line that a seal's signature is made over. */
export function sealStatement(sealedAt: string, learners: number, root: string): string {
  return ['linxue-credit-seal', sealedAt, learners, root].join('|')
}
