import type { DoorList, DoorMark } from '~~/shared/types/desk-activities'

// What a device keeps for the check-in desk: lists of sessions, and marks until the portal has them. One database of the browser.
const NAME = DOOR_DATABASE
/** Pages and scripts that open without network (public/desk/door/worker.js). */
export const DOOR_CACHE = 'linxue-door'

export interface KeptList { session: number, account: string, list: DoorList, fetchedAt: number, clockOffMs: number }

let opened: Promise<IDBDatabase> | undefined
function openDoor(): Promise<IDBDatabase> {
  return opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1)
    request.onupgradeneeded = () => {
      request.result.createObjectStore('lists', { keyPath: 'session' })
      request.result.createObjectStore('marks', { keyPath: 'clientId' })
    }
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error!)
  })
}

/** Runs one step and waits until it is on the disk. */
async function run<T>(store: 'lists' | 'marks', mode: IDBTransactionMode, step: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const database = await openDoor()
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(store, mode)
    const request = step(transaction.objectStore(store))
    transaction.oncomplete = () => resolve(request.result)
    transaction.onerror = transaction.onabort = () => reject(transaction.error!)
  })
}

export const doorStore = {
  keepList: (kept: KeptList) => run('lists', 'readwrite', store => store.put(kept)),
  readLists: () => run<KeptList[]>('lists', 'readonly', store => store.getAll() as IDBRequest<KeptList[]>),
  dropList: (session: number) => run('lists', 'readwrite', store => store.delete(session)),
  keepMark: (mark: DoorMark) => run('marks', 'readwrite', store => store.put(mark)),
  readMarks: () => run<DoorMark[]>('marks', 'readonly', store => store.getAll() as IDBRequest<DoorMark[]>),
  dropMark: (clientId: string) => run('marks', 'readwrite', store => store.delete(clientId)),
}

/** Drops a session's list, its answered marks and its page; marks that the portal does not have yet stay, without a name. */
export async function forgetDoorOf(session: number): Promise<void> {
  await doorStore.dropList(session)
  for (const mark of await doorStore.readMarks()) {
    if (mark.session !== session) continue
    await (mark.answer === null ? doorStore.keepMark({ ...mark, name: null }) : doorStore.dropMark(mark.clientId))
  }
  if ('caches' in window) await caches.open(DOOR_CACHE).then(cache => cache.delete(`/desk/door/${session}`))
}

/** Drops what this device kept of all sessions: whoever signs out leaves no list behind. */
export async function forgetDoor(): Promise<void> {
  try {
    for (const { session } of await doorStore.readLists()) await forgetDoorOf(session)
    if ('caches' in window) await caches.delete(DOOR_CACHE)
  }
  catch { /* a browser that keeps nothing has nothing to drop */ }
}
