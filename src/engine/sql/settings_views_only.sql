SET GLOBAL autoload_known_extensions = false;
SET GLOBAL allow_community_extensions = false;
SET GLOBAL allow_extension_repositories = 'forbidden';
SET GLOBAL allow_persistent_secrets = false;
SET GLOBAL allow_unredacted_secrets = false;
-- Parsing and planning stay within the stack of the thread they run on.
SET GLOBAL max_expression_depth = 250;
SET GLOBAL pivot_limit = 1000;
-- One-way from here on: no files but the lake's, and no more settings.
SET GLOBAL enable_external_access = false;
SET GLOBAL lock_configuration = true;
