/** What a member says and does for a recovery that is carried out elsewhere. Entry type: {@link io.metastore.recovery.internal.remote.MemberRecovery}. */
@NullMarked
package io.metastore.recovery.internal.remote;

import org.jspecify.annotations.NullMarked;
