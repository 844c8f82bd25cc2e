-- Where the job library keeps its queues. It makes and upgrades its own tables here, as the role of the server's jobs and
-- with no right anywhere else to make any; nothing of it is served by PostgREST.
create schema jobs authorization job_server;
