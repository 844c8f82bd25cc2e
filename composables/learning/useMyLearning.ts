/** One's own courses, hours and balance; asked only for somebody who is signed in and introduced. */
export function useMyLearning(signedIn: boolean) {
  return useFetch('/api/learning/my', { key: 'my-learning', immediate: signedIn })
}
