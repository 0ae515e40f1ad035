/**
 * The protocol of a recovery as a model in Alloy ({@code recovery.als}) and what runs it. Entry type: {@link io.metastore.recovery.model.RecoveryModelTest}.
 *
 * <p>Uses nothing of this library: the model is held against it by reading.
 */
@NullMarked
package io.metastore.recovery.model;

import org.jspecify.annotations.NullMarked;
