"""Care: written referrals, which make a massage exempt from sales tax, and facility treatment.

Owns   Referral, ReferralScan, TreatmentTerms.
Words  referral: a licensed professional's or facility's written order for massage that treats an illness,
       injury or disease · its page: the copy that must be kept · to accept: to have read it and take it as
       proof · facility treatment: massage given through a licensed facility, when management allows it
       (DOMAIN.md §2.2).
Holds  A referral has its page, is never changed, and frees only its own guest, and only for services from
       the day it was written to the day it lapses: the database refuses any other exempt line. What it
       says of a guest's health is not stored beside the page.
"""
