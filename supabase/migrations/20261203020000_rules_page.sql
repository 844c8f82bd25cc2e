-- The rules page reads versions and caps themselves, with those to come.
drop function public.credit_limits();
