/** Where the asker has seats for several, and what each seat can be changed for. 401 `sign_in_needed`. */
export default defineEventHandler(event => mySeats(event))
