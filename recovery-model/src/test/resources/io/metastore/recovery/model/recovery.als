/*
 * The protocol of a recovery: seal, reset, the old majority that returns, the wiped voter, two survivors that are recovered apart; and taking a recovery back, before
 * its epoch is live or after.
 *
 * What is checked are the predicates under "What must hold"; each is a claim about every behaviour within a scope. "Is caught" are the same claims with one
 * mistake switched on, each of which must have a counterexample; "Is possible" shows that the claims are not about nothing. RecoveryModelTest runs all of them;
 * the commands called Larger... with -Dmodel.scope=larger only. In the Alloy Analyzer they can be run one by one.
 *
 * As in the code
 *   - a member is a name in one incarnation; an emptied directory comes back with another one, which no epoch counts among its voters
 *   - an epoch is a Raft group, made from its number: two that were made apart from one epoch have one number, and so one group
 *   - a message is handled by whom it is addressed to, if that is of the same group
 *   - terms, elections by a majority with the log at least as fresh, an entry of its own by each leader, entries that are cut off by those of a later leader
 *   - seals, one per directory, durable, for one epoch; a directory that is sealed by another recovery is refused; the target is sealed last
 *   - the next epoch is built beside the live one, in parts, and made the live one by one step; between any two steps everything may stop for good
 *   - a recovery takes the freshest of its copies whole, with a term not below any that was seen; its verdict is that of VerdictRule; all of that is settled when its
 *     target is sealed, from then on nobody looks at the other copies again
 *   - it is taken back at the target first: what was built is given up, or the epoch before is made the live one again as long as the new one has no write, with the
 *     journal and the term it had; then seals are lifted one by one, the target's first. Its number and its plan are not used again
 *
 * Left out
 *   - changes of the voters within an epoch, damaged copies, backups, observers, cut tails: RaftModel, VerdictModelTest
 *   - members left behind that hear of the new epoch: from then on they do nothing in the old one, as one that never acts again does here, and come
 *     back as another incarnation; RejoinTest
 *   - several seals are written one after the other, in any order, but never forgotten; what enters an epoch before it is taken back
 *   - loss of messages is their not being delivered; their order is any, and an append may come long after it was sent, when its sender is sealed or gone.
 *     Votes are asked for, given and counted in one step
 *   - an append brings the whole log up to an entry, as several do one after the other; followers that stop half way are in RaftModel
 *   - what is known to be committed, by which copies are compared first: it matters below a proof only
 *   - files and bytes: DirectoryResetTest, ResetFaultTest
 */
module recovery

open util/ordering[Term] as terms
open util/ordering[Number] as numbers
open util/ordering[Entry] as ages

/** Mistakes. None of them is there unless a command says so. */
abstract sig Bug {}
lone sig
  SameGroup, // the next epoch goes on in the Raft group of the old one
  NamesVote, // a voter is a name, whatever has become of its directory
  CurrentTermFirst, // of several copies the one with the highest current term is the freshest
  SealForgotten, // a seal is not durable
  HalfRoundedDown, // more than half is counted in integers
  SwapTooEarly, // CURRENT is moved before the epoch is complete
  EpochsByNumber, // copies of two epochs with one number are compared as if of one
  LiftedTooEarly, // seals of others are lifted while the target may still go on
  UsedTakenBack, // an epoch is taken back whatever was written in it
  TargetUnnamed // the plan, and so the id of its recovery, does not say which copy goes on
  extends Bug {}

/** Whether recoveries are taken back at all. */
lone sig Returning {}

sig Name {}
sig Term {}
sig Number {}
enum Part { Journal, Records }

/** A directory in one incarnation. */
abstract sig Member {
  name: one Name,
  var epoch: lone Epoch, // CURRENT; none: empty, or gone
  var tip: lone Entry, // last of the journal of that epoch
  var term: one Term, // current, forced with the vote
  var follows: lone Term, // of the leader that was last confirmed to
  var seal: lone Epoch // by the recovery that makes this one: no part in the epoch before it
}
sig Voter extends Member {} // of the first epoch
sig Spare extends Member {} // what an emptied directory becomes

/** An epoch, and the recovery that makes it. */
sig Epoch {
  number: one Number,
  old: lone Epoch,
  target: lone Member, // the only voter
  base: lone Entry, // last that is taken over
  surveyed: set Member,
  termMin: one Term,
  termBefore: one Term, // of the target, in the epoch before
  var parts: set Part // that are written
}
one sig First extends Epoch {}
sig Proven in Epoch {} // by its verdict nothing is lost
var sig Over in Epoch {} // taken back, or being taken back

/** An entry and, with all it goes back to, a log. Also the message that brings it. */
sig Entry {
  onto: lone Entry,
  of: one Epoch,
  at: one Term,
  by: one Member
}
sig Write in Entry {} // of the application; the others are a leader's own
var sig Made in Entry {}
var sig Acked in Entry {}

/** What happens, one at a time, and to whom. */
enum Event { Election, Command, Delivery, Sealing, Building, Publication, Wiping, Forgetting, Lifting, TakingBack, Idle }
var one sig Now in Event {}
var lone sig Actor in Member {}
var sig Party in Member {}
var lone sig Message in Entry {}
var lone sig Plan in Epoch {}

fact Beginning {
  First.number = numbers/first and First.termMin = terms/first and First.termBefore = terms/first
  no First.old and no First.target and no First.base and no First.surveyed and First not in Proven
  all n: Name | one name.n & Voter and lone name.n & Spare
  all r: Epoch - First | one r.old and one r.target and r.target in r.surveyed and r.number = r.old.number.next
  all x: Entry | x.onto in ages/prevs[x]
  epoch = Voter -> First
  term = Member -> terms/first
  no tip and no follows and no seal and no parts and no Made and no Acked and no Over
}

fact Behaviour {
  always (election or command or delivery or sealing or building or publication or wiping or forgetting or lifting or takingBack or idle)
  always Acked' = Acked + { x: Entry | after committable[x] } // As soon as it may be; a leader that waits risks less.
  always (Now not in Lifting + TakingBack implies Over' = Over)
  always (Now = Idle implies after Now = Idle)
  eventually Now = Idle
}

// Who is who

fun sealed: set Member { { m: Member | some m.seal and m.seal.old.number = m.epoch.number } }
fun participants: set Member { epoch.Epoch - sealed }
fun group[e: Epoch]: set Epoch { some SameGroup implies Epoch else number.(e.number) }
fun voters[e: Epoch]: set Member {
  let v = e = First implies Voter else e.target | some NamesVote implies v.name.~name else v
}
fun hearers[e: Epoch]: set Member { voters[e] & participants & epoch.(group[e]) }
fun holders[x: Entry]: set Member { tip.(*onto.x) }
fun log[x: Entry]: set Entry { x.*onto }

pred majority[some_: set Member, e: Epoch] {
  e != First implies e.target in some_
  else no NamesVote implies #(some_ & Voter) > #(Voter - some_)
  else #(some_.name) > #(Name - some_.name)
}
/** By term, then index, of the last entry. Within one term entries are as old as their index is low. */
fun fresher: Entry -> Entry { { a, b: Entry | terms/gt[a.at, b.at] or (a.at = b.at and b in ages/prevs[a]) } }
pred freshest[mine: lone Entry, theirs: set Entry] { no theirs & fresher.mine and (no mine implies no theirs) }

/** Its leader, still in office, finds it on a majority of those that have confirmed to it. */
pred committable[x: Entry] {
  x in Made
  x.by in participants & epoch.(x.of) & term.(x.at) & holders[x]
  majority[voters[x.of] & epoch.(group[x.of]) & follows.(x.at) & holders[x], x.of]
}
pred leads[m: Member] {
  m in participants
  some x: Made & log[m.tip] | x.by = m and x.of = m.epoch and x.at = m.term
}

// What happens

pred unchanged { epoch' = epoch and seal' = seal and parts' = parts }

/** Made by the actor: the next in its log. */
pred appended[t: Term] {
  one Message and Message = ages/min[Entry - Made]
  Message.onto = Actor.tip and Message.of = Actor.epoch and Message.at = t and Message.by = Actor
  Made' = Made + Message
  tip' = tip ++ Actor -> Message
}

/** The actor stands, the party, it among them, votes for it. Fewer than a majority have a later term from it and nothing else. */
pred election {
  Now = Election and one Actor and no Plan
  Actor in Party and Party in hearers[Actor.epoch]
  freshest[Actor.tip, Party.tip]
  some t: Term {
    no Party.term & (t + terms/nexts[t])
    term' = term ++ Party -> t
    majority[Party, Actor.epoch]
      implies appended[t] and Message not in Write and follows' = follows ++ Actor -> t
      else no Message and Made' = Made and tip' = tip and follows' = follows
  }
  unchanged
}
pred command {
  Now = Command and one Actor and no Party and no Plan
  leads[Actor] and appended[Actor.term] and Message in Write
  term' = term and follows' = follows and unchanged
}
/** An append of the leader that made the entry, sent at any time since, comes to the party. */
pred delivery {
  Now = Delivery and no Actor and some Party and Message in Made and one Message and no Plan
  Party in hearers[Message.of] - Message.by
  no Party.term & terms/nexts[Message.at]
  no Party & holders[Message] & term.(Message.at) & follows.(Message.at) // Nothing new to any of them.
  term' = term ++ Party -> Message.at
  follows' = follows ++ Party -> Message.at
  tip' = tip ++ (Party - holders[Message]) -> Message
  Made' = Made and unchanged
}
/** Some or all of the directories of a plan are sealed, in the end the target: then it is settled what is taken over. */
pred sealing {
  Now = Sealing and no Actor and some Party and no Message and one Plan and Plan not in First + Over
  Party in Plan.surveyed & participants
  Plan.target.epoch = Plan.old
  some EpochsByNumber implies Party.epoch.number = Plan.old.number else Party.epoch = Plan.old
  Plan.target in Party implies (Plan.surveyed - Party in seal.Plan and settled[Plan])
  seal' = seal ++ Party -> Plan
  epoch' = epoch and parts' = parts and Made' = Made and tip' = tip and term' = term and follows' = follows
}
pred settled[r: Epoch] {
  r.base = r.target.tip and r.termBefore = r.target.term
  r.termMin in r.surveyed.term and no r.surveyed.term & terms/nexts[r.termMin]
  some CurrentTermFirst implies r.target.term = r.termMin else freshest[r.target.tip, r.surveyed.tip]
  r in Proven iff proves[r]
}
/** What is there of the next epoch is any part of it afterwards: cut off, begun again, complete. */
pred building {
  Now = Building and no Actor and no Party and no Message and one Plan
  Plan.target.seal = Plan and Plan.target.epoch = Plan.old
  Plan.parts' != Plan.parts
  all e: Epoch - Plan | e.parts' = e.parts
  epoch' = epoch and seal' = seal and Made' = Made and tip' = tip and term' = term and follows' = follows
}
pred publication {
  Now = Publication and no Actor and no Party and no Message and one Plan
  let m = Plan.target {
    m.seal = Plan and m.epoch = Plan.old and Plan not in Over
    Plan.parts = Part or some SwapTooEarly
    epoch' = epoch ++ m -> Plan
    term' = term ++ m -> Plan.termMin
    follows' = follows - m -> Term
  }
  tip' = tip and seal' = seal and parts' = parts and Made' = Made
}
/** More than half of the voters of the old epoch are there; or half, and none has heard of a term after the last entry. */
pred proves[r: Epoch] {
  r.old != First or (
    let there = some NamesVote implies r.surveyed.name.~name & Voter else r.surveyed & Voter, missing = Voter - there |
      some HalfRoundedDown implies plus[#there, 1] >= #missing
      else #there > #missing or (#there = #missing and r.termMin in r.base.at)
  )
}
/** The actor's directory is emptied and comes back under its name. */
pred wiping {
  Now = Wiping and one Actor and one Party and no Message and no Plan
  Actor in Voter and some Actor.epoch and Party in Spare and Party.name = Actor.name
  epoch' = epoch - Actor -> Epoch + Party -> First
  tip' = tip - Actor -> Entry
  follows' = follows - Actor -> Term
  term' = term ++ Actor -> terms/first
  seal' = seal - Actor -> Epoch
  parts' = parts and Made' = Made
}
pred forgetting {
  Now = Forgetting and one Actor and no Party and no Message and no Plan
  some SealForgotten and some Actor.seal
  seal' = seal - Actor -> Epoch
  epoch' = epoch and parts' = parts and Made' = Made and tip' = tip and term' = term and follows' = follows
}
/** Seals of a plan are lifted whose epoch is not the live one: the target's first, with which it is over. */
pred lifting {
  Now = Lifting and some Returning and no Actor and some Party and no Message and one Plan and Plan != First
  Party in seal.Plan and Plan.target.epoch != Plan
  Plan.target in Party or Plan.target not in seal.Plan or some LiftedTooEarly
  seal' = seal - Party -> Plan
  Over' = (Plan.target in Party implies Over + Plan else Over)
  all e: Epoch | e.parts' = (e = Plan and Plan.target in Party implies none else e.parts)
  epoch' = epoch and Made' = Made and tip' = tip and term' = term and follows' = follows
}
/** The epoch before is the live one of the target again, and still sealed. */
pred takingBack {
  Now = TakingBack and some Returning and no Actor and no Party and no Message and one Plan
  let m = Plan.target {
    m.epoch = Plan and m.seal = Plan
    no Made & Write & of.Plan or some UsedTakenBack
    epoch' = epoch ++ m -> Plan.old
    tip' = tip - m -> Entry + m -> Plan.base
    term' = term ++ m -> Plan.termBefore
    follows' = follows - m -> Term
  }
  Over' = Over + Plan
  Made' = Made and seal' = seal and parts' = parts
}
pred idle {
  Now = Idle and no Actor and no Party and no Message and no Plan
  Made' = Made and tip' = tip and term' = term and follows' = follows and unchanged
}

pred lifted[m: Member, r: Epoch] { once (Now = Lifting and Plan = r and m in Party) }

// What must hold

pred oneLeader { always all disj x, y: Made | x.of = y.of and x.at = y.at implies x.by = y.by }

/** Without a recovery nothing is lost: who is elected has all that was acknowledged. */
pred leadersAreComplete { always (Now = Election and one Message implies Acked & of.(Message.of) in log[Message]) }

/** In its old epoch it has no vote, takes no entry and acknowledges none, until the seal is lifted, which is never when the recovery comes to its end. */
pred sealsHold {
  all m: Member, r: Epoch | always (m.seal = r implies always (m.epoch = r.old and m.epoch' = r.old and not lifted[m, r] implies
    m.tip' = m.tip and m.term' = m.term and m.follows' = m.follows and no (Acked' - Acked) & by.m))
}

/** What changes a member's log or term comes from its own epoch: no message of another one is followed, nor makes a leader step down. */
fun sender: lone Epoch { Now in Election + Command implies Actor.epoch else Now = Delivery implies Message.of else none }
pred epochsNeverMix {
  always all m: Member | some m.epoch and m.epoch' = m.epoch and (m.tip' != m.tip or m.term' != m.term) implies sender = m.epoch
}

/** Whatever was, or ever will be, acknowledged in an epoch of which a copy was surveyed. */
pred provenIsTrue {
  always all r: Proven | r in Member.epoch implies Acked & of.(r.old + r.surveyed.epoch - r) in log[r.base]
}

/** In the first epoch, or in a complete one. What is sealed is as it was: sealsHold. */
pred directoriesAreWhole { always all m: Member | m.epoch in First or m.epoch.parts = Part }

/** The id of a recovery is the digest of its plan. */
fun id[r: Epoch]: set Epoch + Entry + Member { r.old + r.base + (some TargetUnnamed implies none else r.target) }
/** Whoever wrote in an epoch that was taken back was not told that it is safe. */
pred noWriteIsTakenBack { always no Acked & Write & of.Over }

pred splitsAreSeen {
  always all disj r, s: Member.epoch - First | r.number = s.number implies id[r] != id[s]
}

/** Two survivors are recovered apart and lead; then there is a recovery of one of them. Said step by step, as it takes many. */
pred splitAndSurveyed {
  Now = Sealing; Now = Building; Now = Publication; Now = Sealing; Now = Building; Now = Publication;
  Now = Election; Now = Election; Now = Sealing; Now = Building; Now = Publication
}

check OneLeader { oneLeader } for 0 Bug, 0 Returning, 3 Name, exactly 3 Voter, 1 Spare, 3 Term, 2 Number, 2 Epoch, 2 Entry, 6..6 steps expect 0
check LeadersAreComplete { leadersAreComplete } for 0 Bug, 0 Returning, 3 Name, exactly 3 Voter, 1 Spare, 3 Term, 2 Number, 2 Epoch, 3 Entry, 6..6 steps expect 0
check SealsHold { sealsHold } for 0 Bug, 0 Returning, 3 Name, exactly 3 Voter, 1 Spare, 3 Term, 2 Number, 2 Epoch, 2 Entry, 5..5 steps expect 0
check EpochsNeverMix { epochsNeverMix } for 0 Bug, 0 Returning, 3 Name, exactly 3 Voter, 1 Spare, 3 Term, 2 Number, 2 Epoch, 3 Entry, 7..7 steps expect 0
check ProvenIsTrue { provenIsTrue } for 0 Bug, 0 Returning, 3 Name, exactly 3 Voter, 1 Spare, 3 Term, 2 Number, 2 Epoch, 3 Entry, 7..7 steps expect 0
check DirectoriesAreWhole { directoriesAreWhole } for 0 Bug, 0 Returning, 3 Name, exactly 3 Voter, 1 Spare, 3 Term, 2 Number, 2 Epoch, 2 Entry, 7..7 steps expect 0
check SplitsAreSeen { splitsAreSeen } for 0 Bug, 0 Returning, 2 Name, exactly 2 Voter, 1 Spare, 3 Term, 2 Number, 3 Epoch, 2 Entry, 9..9 steps expect 0
check ProvenOfSplitIsTrue { splitAndSurveyed implies provenIsTrue } for 0 Bug, 0 Returning, 2 Name, exactly 2 Voter, 0 Spare, 3 Term, 3 Number, 4 Epoch, 2 Entry, 12..12 steps expect 0

// The same when recoveries are taken back

check OneLeaderReturning { oneLeader } for 0 Bug, exactly 1 Returning, 3 Name, exactly 3 Voter, 0 Spare, 3 Term, 2 Number, 2 Epoch, 2 Entry, 7..7 steps expect 0
check SealsHoldReturning { sealsHold } for 0 Bug, exactly 1 Returning, 3 Name, exactly 3 Voter, 0 Spare, 3 Term, 2 Number, 2 Epoch, 2 Entry, 6..6 steps expect 0
check ProvenIsTrueReturning { provenIsTrue } for 0 Bug, exactly 1 Returning, 3 Name, exactly 3 Voter, 0 Spare, 3 Term, 2 Number, 2 Epoch, 2 Entry, 8..8 steps expect 0
check NoWriteIsTakenBack { noWriteIsTakenBack } for 0 Bug, exactly 1 Returning, 3 Name, exactly 3 Voter, 0 Spare, 3 Term, 2 Number, 2 Epoch, 2 Entry, 7..7 steps expect 0

// The same with one mistake: is caught

check LiftedTooEarlyIsCaught { provenIsTrue } for 1 Bug, exactly 1 LiftedTooEarly, exactly 1 Returning, 3 Name, exactly 3 Voter, 0 Spare, 3 Term, 2 Number, 2 Epoch, 2 Entry, 8..8 steps expect 1
check UsedTakenBackIsCaught { noWriteIsTakenBack } for 1 Bug, exactly 1 UsedTakenBack, exactly 1 Returning, 3 Name, exactly 3 Voter, 0 Spare, 3 Term, 2 Number, 2 Epoch, 2 Entry, 7..7 steps expect 1

check SameGroupIsCaught { epochsNeverMix } for 1 Bug, 0 Returning, exactly 1 SameGroup, 3 Name, exactly 3 Voter, 0 Spare, 3 Term, 2 Number, 2 Epoch, 2 Entry, 6..6 steps expect 1
check NamesVoteIsCaught { leadersAreComplete } for 1 Bug, 0 Returning, exactly 1 NamesVote, 3 Name, exactly 3 Voter, 1 Spare, 3 Term, 1 Number, 1 Epoch, 2 Entry, 5..5 steps expect 1
check NamesVoteTwiceIsCaught { oneLeader } for 1 Bug, 0 Returning, exactly 1 NamesVote, 3 Name, exactly 3 Voter, 1 Spare, 3 Term, 1 Number, 1 Epoch, 2 Entry, 5..5 steps expect 1
check CurrentTermFirstIsCaught { provenIsTrue } for 1 Bug, 0 Returning, exactly 1 CurrentTermFirst, 3 Name, exactly 3 Voter, 0 Spare, 3 Term, 2 Number, 2 Epoch, 2 Entry, 7..7 steps expect 1
check SealForgottenIsCaught { sealsHold } for 1 Bug, 0 Returning, exactly 1 SealForgotten, 3 Name, exactly 3 Voter, 0 Spare, 3 Term, 2 Number, 2 Epoch, 2 Entry, 5..5 steps expect 1
check SealForgottenLosesIsCaught { provenIsTrue } for 1 Bug, 0 Returning, exactly 1 SealForgotten, 3 Name, exactly 3 Voter, 0 Spare, 3 Term, 2 Number, 2 Epoch, 2 Entry, 7..7 steps expect 1
check HalfRoundedDownIsCaught { provenIsTrue } for 1 Bug, 0 Returning, exactly 1 HalfRoundedDown, 3 Name, exactly 3 Voter, 0 Spare, 3 Term, 2 Number, 2 Epoch, 2 Entry, 6..6 steps expect 1
check SwapTooEarlyIsCaught { directoriesAreWhole } for 1 Bug, 0 Returning, exactly 1 SwapTooEarly, 3 Name, exactly 3 Voter, 0 Spare, 3 Term, 2 Number, 2 Epoch, 2 Entry, 5..5 steps expect 1
check EpochsByNumberIsCaught { splitAndSurveyed implies provenIsTrue } for 1 Bug, 0 Returning, exactly 1 EpochsByNumber, 2 Name, exactly 2 Voter, 0 Spare, 3 Term, 3 Number, 4 Epoch, 2 Entry, 12..12 steps expect 1
check TargetUnnamedIsCaught { splitsAreSeen } for 1 Bug, 0 Returning, exactly 1 TargetUnnamed, 2 Name, exactly 2 Voter, 0 Spare, 2 Term, 2 Number, 3 Epoch, 2 Entry, 7..7 steps expect 1

// What the claims are about: is possible

/** What was acknowledged before is there, and the epoch goes on. */
run RecoveryIsPossible {
  eventually some r: Proven | r in Member.epoch and some Acked & of.r and some Acked & of.First & log[r.base]
} for 0 Bug, 0 Returning, 3 Name, exactly 3 Voter, 0 Spare, 3 Term, 2 Number, 2 Epoch, 2 Entry, 7..7 steps expect 1
/** The old majority acknowledges in a higher term, beside a leader of the new epoch that stays. */
run OldMajorityIsPossible {
  some r: Epoch - First, disj x, y: Entry {
    x.of = r and y.of = First and terms/gt[y.at, x.at]
    eventually (x in Acked and y not in Made and eventually (y in Acked and leads[r.target] and r.target.term = x.at))
  }
} for 0 Bug, 0 Returning, 3 Name, exactly 3 Voter, 0 Spare, 3 Term, 2 Number, 2 Epoch, 2 Entry, 7..7 steps expect 1
run CutOffIsPossible {
  some r: Epoch | eventually always (r.target.seal = r and r.target.epoch = First and some r.parts and r.parts != Part)
} for 0 Bug, 0 Returning, 3 Name, exactly 3 Voter, 0 Spare, 3 Term, 2 Number, 2 Epoch, 2 Entry, 4..4 steps expect 1
/** The others go on without the voter that was emptied. */
run WipedIsPossible {
  some x: Entry | eventually (some Spare.epoch and x not in Made and eventually x in Acked)
} for 0 Bug, 0 Returning, 3 Name, exactly 3 Voter, exactly 1 Spare, 3 Term, 2 Number, 2 Epoch, 2 Entry, 5..5 steps expect 1
/** Taken back when it was led already; then the old epoch acknowledges again. */
run ReturnIsPossible {
  some x: Entry & of.First | eventually (some Over and x not in Made and some Made - of.First and eventually x in Acked)
} for 0 Bug, exactly 1 Returning, 3 Name, exactly 3 Voter, 0 Spare, 3 Term, 2 Number, 2 Epoch, 2 Entry, 8..8 steps expect 1
/** Each of two survivors goes on alone and acknowledges. */
run SplitIsPossible {
  eventually some disj r, s: Member.epoch - First | r.number = s.number and some Acked & of.r and some Acked & of.s
} for 0 Bug, 0 Returning, 2 Name, exactly 2 Voter, 0 Spare, 3 Term, 2 Number, 3 Epoch, 2 Entry, 9..9 steps expect 1
run SecondRecoveryIsPossible {
  eventually some r: Proven & Member.epoch | r.old != First and some Acked & of.r and some Acked & of.(r.old)
} for 0 Bug, 0 Returning, 2 Name, exactly 2 Voter, 0 Spare, 4 Term, 3 Number, 3 Epoch, 2 Entry, 9..9 steps expect 1
run HalfIsPossible {
  eventually some r: Proven & Member.epoch | one r.surveyed and some log[r.base] & Acked
} for 0 Bug, 0 Returning, 2 Name, exactly 2 Voter, 0 Spare, 3 Term, 2 Number, 2 Epoch, 2 Entry, 6..6 steps expect 1

// Larger, on demand

check LargerOneLeader { oneLeader } for 0 Bug, 0 Returning, 3 Name, exactly 3 Voter, 1 Spare, 3 Term, 2 Number, 2 Epoch, 3 Entry, 8..8 steps expect 0
check LargerLeadersAreComplete { leadersAreComplete } for 0 Bug, 0 Returning, 3 Name, exactly 3 Voter, 1 Spare, 3 Term, 2 Number, 2 Epoch, 4 Entry, 8..8 steps expect 0
check LargerSealsHold { sealsHold } for 0 Bug, 0 Returning, 3 Name, exactly 3 Voter, 1 Spare, 3 Term, 2 Number, 2 Epoch, 3 Entry, 7..7 steps expect 0
check LargerEpochsNeverMix { epochsNeverMix } for 0 Bug, 0 Returning, 3 Name, exactly 3 Voter, 1 Spare, 3 Term, 3 Number, 3 Epoch, 3 Entry, 9..9 steps expect 0
check LargerProvenIsTrue { provenIsTrue } for 0 Bug, 0 Returning, 3 Name, exactly 3 Voter, 1 Spare, 4 Term, 2 Number, 2 Epoch, 4 Entry, 8..8 steps expect 0
check LargerProvenOfFourIsTrue { provenIsTrue } for 0 Bug, 0 Returning, 4 Name, exactly 4 Voter, 0 Spare, 3 Term, 2 Number, 2 Epoch, 3 Entry, 7..7 steps expect 0
check LargerProvenOfSplitIsTrue { provenIsTrue } for 0 Bug, 0 Returning, 2 Name, exactly 2 Voter, 0 Spare, 3 Term, 3 Number, 4 Epoch, 2 Entry, 12..12 steps expect 0
check LargerSplitsAreSeen { splitsAreSeen } for 0 Bug, 0 Returning, 3 Name, exactly 3 Voter, 1 Spare, 3 Term, 3 Number, 4 Epoch, 2 Entry, 12..12 steps expect 0
