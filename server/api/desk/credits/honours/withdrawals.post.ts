import { HonourSchemeId } from '~~/shared/schemas/honours'

/** Takes back a scheme that is not in force yet. 404 `scheme_unknown`, 409 `scheme_in_force`. */
export default formHandler(async (event) => {
  const { scheme } = await readInput(event, HonourSchemeId)
  const { database } = await requireDesk(event, 'approval')
  const { error } = await database.rpc('withdraw_honour_scheme', { scheme_id: scheme })
  if (error) throw databaseRefusal(error)
  return { withdrawn: true }
}, () => '/desk/credits/honours#schemes')
