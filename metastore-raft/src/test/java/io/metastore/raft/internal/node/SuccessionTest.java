package io.metastore.raft.internal.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.api.LogPosition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every combination of what voters can have seen, and of who hears whom. */
class SuccessionTest {
    private static final long TERM = 7;

    /** What a voter is like. */
    private enum View {
        HEARS_LEADER,
        LOST_LEADER_SHORT_JOURNAL,
        LOST_LEADER_LONG_JOURNAL,
        SAW_LATER_TERM,
        SILENT;

        boolean certain() {
            return this == LOST_LEADER_SHORT_JOURNAL || this == LOST_LEADER_LONG_JOURNAL;
        }

        LeaderOpinion opinion() {
            return new LeaderOpinion(certain(), this == SAW_LATER_TERM ? TERM + 1 : TERM, last());
        }

        LogPosition last() {
            return new LogPosition(TERM, this == LOST_LEADER_LONG_JOURNAL ? 11 : 10);
        }
    }

    /** The leader that is gone is the one more. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 6})
    void aMajorityIsNeededAndExactlyOneOfThemGoesFirst(int others) {
        int majority = (others + 1) / 2 + 1;
        for (List<View> views : combinations(others)) {
            Map<String, LeaderOpinion> answers = new HashMap<>();
            for (int i = 0; i < others; i++) {
                if (views.get(i) != View.SILENT) {
                    answers.put("m" + i, views.get(i).opinion());
                }
            }
            long certain = views.stream().filter(View::certain).count();
            boolean mayStand = certain >= majority && !views.contains(View.SAW_LATER_TERM);
            List<Integer> places = new ArrayList<>();
            for (int i = 0; i < others; i++) {
                if (views.get(i).certain()) {
                    Map<String, LeaderOpinion> heard = new HashMap<>(answers);
                    heard.remove("m" + i);
                    OptionalInt place = Succession.place("m" + i, views.get(i).last(), TERM, majority, heard);
                    assertThat(place.isPresent()).as("m%d of %s", i, views).isEqualTo(mayStand);
                    place.ifPresent(places::add);
                    if (place.isPresent() && place.getAsInt() == 0) {
                        assertThat(views.get(i) == View.LOST_LEADER_LONG_JOURNAL
                                        || !views.contains(View.LOST_LEADER_LONG_JOURNAL))
                                .as("first is m%d of %s", i, views)
                                .isTrue();
                    }
                }
            }
            assertThat(places).as("places for %s", views).doesNotHaveDuplicates();
            if (mayStand) {
                assertThat(places).as("places for %s", views).contains(0).allMatch(place -> place < certain);
            }
        }
    }

    private static List<List<View>> combinations(int voters) {
        List<List<View>> all = List.of(List.of());
        for (int i = 0; i < voters; i++) {
            List<List<View>> longer = new ArrayList<>();
            for (List<View> start : all) {
                for (View view : View.values()) {
                    List<View> next = new ArrayList<>(start);
                    next.add(view);
                    longer.add(next);
                }
            }
            all = longer;
        }
        return all;
    }
}
