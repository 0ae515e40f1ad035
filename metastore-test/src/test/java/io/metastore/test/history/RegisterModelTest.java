package io.metastore.test.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class RegisterModelTest {
    private final RegisterModel versioned = RegisterModel.versioned();
    private final RegisterModel ofValues = RegisterModel.ofValues();
    private final RegisterState third = new RegisterState("a", 3);

    @Test
    void writeCountsVersionsFromOne() {
        RegisterState created = versioned.step(versioned.initial(), RegisterInput.write("a"), RegisterOutput.done(1));
        assertThat(created).isEqualTo(new RegisterState("a", 1));
        assertThat(versioned.step(third, RegisterInput.write("a"), RegisterOutput.done(4)))
                .isEqualTo(new RegisterState("a", 4));
    }

    @Test
    void removeStartsVersionsAnew() {
        assertThat(versioned.step(third, RegisterInput.remove(), RegisterOutput.done()))
                .isEqualTo(versioned.initial());
    }

    @Test
    void versionNotSeenMatchesAny() {
        assertThat(versioned.step(third, RegisterInput.read(), RegisterOutput.value("a")))
                .isEqualTo(third);
        assertThat(versioned.step(third, RegisterInput.read(), RegisterOutput.value("a", 2)))
                .isNull();
        assertThat(versioned.step(third, RegisterInput.read(), RegisterOutput.absent()))
                .isNull();
        assertThat(versioned.step(versioned.initial(), RegisterInput.read(), RegisterOutput.absent()))
                .isNotNull();
    }

    @Test
    void outputNotKnownAppliesWhateverTheStateAsksFor() {
        assertThat(versioned.step(third, RegisterInput.compareAndSet("b", "c"), null))
                .isEqualTo(third);
        assertThat(versioned.step(third, RegisterInput.compareAndSet("a", "c"), null))
                .isEqualTo(new RegisterState("c", 4));
        assertThat(versioned.step(third, RegisterInput.replace(2, "c"), null)).isEqualTo(third);
    }

    @Test
    void compareAndSetAnswersByExpectation() {
        var swap = RegisterInput.compareAndSet("a", "b");
        assertThat(versioned.step(third, swap, RegisterOutput.conflict())).isNull();
        assertThat(versioned.step(third, swap, RegisterOutput.done(4))).isEqualTo(new RegisterState("b", 4));
        assertThat(versioned.step(third, RegisterInput.compareAndSet(null, "b"), RegisterOutput.conflict(3)))
                .isEqualTo(third);
    }

    @Test
    void modelOfValuesIgnoresVersions() {
        RegisterState state = ofValues.step(ofValues.initial(), RegisterInput.write("a"), RegisterOutput.done(77));
        assertThat(state).isEqualTo(new RegisterState("a", 0));
        assertThatThrownBy(() -> ofValues.step(ofValues.initial(), RegisterInput.replace(1, "a"), null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("versions");
    }
}
