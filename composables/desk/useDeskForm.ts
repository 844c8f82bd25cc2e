/** A form of the desk. */
export const useDeskForm = useForm
